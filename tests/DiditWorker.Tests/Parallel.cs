using NUnit.Framework;

// A fixture shares nothing with another one, else it says NonParallelizable; half of the time is the explorer's, the rest of it one core's.
[assembly: Parallelizable(ParallelScope.Fixtures)]
