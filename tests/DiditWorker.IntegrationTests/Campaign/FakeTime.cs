using System.Runtime.InteropServices;

namespace DiditWorker.IntegrationTests.Campaign;

/// <summary>libfaketime, if it is installed (Debian: <c>apt-get install faketime</c>): gives one process another time of day.</summary>
internal static class FakeTime
{
    public static string? Library { get; } = Array.Find(
        [
            $"/usr/lib/{Architecture}-linux-gnu/faketime/libfaketimeMT.so.1",
            "/usr/lib64/faketime/libfaketimeMT.so.1",
            "/usr/lib/faketime/libfaketimeMT.so.1",
        ],
        File.Exists);

    private static string Architecture =>
        RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "aarch64" : "x86_64";
}
