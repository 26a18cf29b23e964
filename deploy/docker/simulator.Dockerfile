# The Didit stand-in. Build context: the repository. Not for production: it answers anybody and keeps everything in memory.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0

FROM ${SDK_IMAGE} AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/DiditWorker.Simulator/*.csproj src/DiditWorker.Simulator/packages.lock.json src/DiditWorker.Simulator/
RUN dotnet restore src/DiditWorker.Simulator --locked-mode
COPY .editorconfig ./
COPY src/DiditWorker.Simulator/ src/DiditWorker.Simulator/
RUN dotnet publish src/DiditWorker.Simulator -c Release --no-restore -o /app

FROM ${RUNTIME_IMAGE}
COPY --from=build /app /app
ENV PATH=/app:$PATH \
    ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://+:8090
WORKDIR /app
EXPOSE 8090
USER 1654
ENTRYPOINT ["diditsimulator"]
