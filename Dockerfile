# One image for every process: docker run millrace api | worker | mail-sink
# syntax=docker/dockerfile:1

FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY pom.xml ./
COPY queue-bom/pom.xml queue-bom/
COPY queue-protocol queue-protocol
COPY queue-client queue-client
COPY queue-embedded queue-embedded
COPY queue-testkit queue-testkit
COPY queue-core queue-core
COPY queue-worker queue-worker
COPY queue-dashboard queue-dashboard
COPY queue-api queue-api
COPY queue-cli queue-cli
COPY queue-bench/pom.xml queue-bench/
COPY queue-browser-test/pom.xml queue-browser-test/
COPY queue-faults/pom.xml queue-faults/
RUN --mount=type=cache,target=/root/.m2 mvn -B -Dlaunch -pl 'queue-cli,!queue-testkit' -am package
# The bundled servers are for one machine without containers; here they would be dead weight.
RUN rm -f queue-cli/target/lib/embedded-postgres-binaries-*.jar queue-cli/target/lib/embedded-redis-*.jar

FROM eclipse-temurin:25-jre
LABEL org.opencontainers.image.title="millrace" \
      org.opencontainers.image.description="A job queue: PostgreSQL keeps every accepted job, Redis dispatches it, workers carry it out" \
      org.opencontainers.image.licenses="Apache-2.0"
# Fonts and fontconfig are what the JDK draws text in reports and pictures with.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fontconfig fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin millrace \
    && install -d -o millrace -g millrace /var/lib/millrace /var/lib/millrace/artifacts /var/lib/millrace/mail
COPY --from=build /src/queue-cli/target/lib /opt/millrace/lib
COPY deploy/docker/answers /usr/local/bin/answers
ENV MILLRACE_LOG_FORMAT=json \
    MILLRACE_API_HOST=0.0.0.0 \
    MILLRACE_ARTIFACTS_DIR=/var/lib/millrace/artifacts
USER 10001
WORKDIR /var/lib/millrace
EXPOSE 8080
# Memory follows the container's limit. The class path order is the same for every start.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true", "-Djava.io.tmpdir=/tmp", "-cp", "/opt/millrace/lib/*", "io.millrace.cli.Millrace"]
CMD ["--help"]
