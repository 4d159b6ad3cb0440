package io.millrace.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A log4j configuration that writes to one file, found on the class path of the server. */
final class LogSettings {
    private LogSettings() {}

    static void write(Path folder, Path logFile) {
        String text =
                """
                status=ERROR
                appender.file.type=File
                appender.file.name=file
                appender.file.fileName=%s
                appender.file.layout.type=PatternLayout
                appender.file.layout.pattern=%%d{HH:mm:ss.SSS} %%-5p %%X{connector.context}%%c{1} %%m%%n
                rootLogger.level=INFO
                rootLogger.appenderRef.file.ref=file
                logger.reflections.name=org.reflections
                logger.reflections.level=ERROR
                logger.configs.name=org.apache.kafka.common.config.AbstractConfig
                logger.configs.level=WARN
                """
                        .formatted(logFile.toString().replace("\\", "/"));
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("log4j2.properties"), text);
            // Several log4j instances live in one JVM: without this they fight over the same MBean names and hooks.
            Files.writeString(
                    folder.resolve("log4j2.component.properties"),
                    "log4j2.disableJmx=true\nlog4j.shutdownHookEnabled=false\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
