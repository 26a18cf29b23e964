# A program that was published on the host, on any base with glibc, libstdc++, OpenSSL and CA certificates; for places where
# the official .NET images cannot be pulled. deploy/docker/publish makes what is copied here; .dockerignore lets it through.
ARG BASE=debian:12-slim
FROM ${BASE}
# diditworker on 8080, or diditsimulator on 8090
ARG PROGRAM=diditworker
ARG PORT=8080
COPY artifacts/publish/${PROGRAM}/ /app/
# An ENTRYPOINT takes no build argument.
RUN ln -s "/app/${PROGRAM}" /usr/local/bin/entrypoint
ENV PATH=/app:$PATH \
    ASPNETCORE_URLS=http://+:${PORT}
WORKDIR /app
EXPOSE ${PORT}
USER 1654
ENTRYPOINT ["entrypoint"]
