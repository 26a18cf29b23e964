using DiditWorker.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;
using Shouldly;

namespace DiditWorker.Tests.Hosting;

/// <summary>Found by the fault campaign: SIGTERM in the first second ended the process with an unhandled exception.</summary>
public sealed class When_it_is_stopped_while_it_starts
{
    [Test]
    public async Task It_ends_in_good_order()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddHostedService<Stopping>();
        await using var app = builder.Build();

        var stopping = app.Lifetime.ApplicationStopping;

        await Should.NotThrowAsync(() => Service.RunAsync(app));

        stopping.IsCancellationRequested.ShouldBeTrue();
    }

    [Test]
    public async Task What_else_goes_wrong_at_start_is_not_swallowed()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddHostedService<Failing>();
        await using var app = builder.Build();

        await Should.ThrowAsync<OperationCanceledException>(() => Service.RunAsync(app));
    }

    private sealed class Stopping(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication();
            cancellationToken.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Failing : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new OperationCanceledException("a time-out of its own");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
