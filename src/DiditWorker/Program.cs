using DiditWorker.Hosting;

return await Service.RunAsync(args);
