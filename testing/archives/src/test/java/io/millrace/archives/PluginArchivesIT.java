package io.millrace.archives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PluginArchives;
import io.millrace.testing.WorkerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginArchivesIT {
    private static final String VERSION = System.getProperty("millrace.version");

    /** What a worker has of its own, and what it would load twice or bind wrongly from an archive. */
    private static final List<String> FORBIDDEN = List.of(
            "connect-api",
            "connect-json",
            "connect-runtime",
            "connect-transforms",
            "kafka-",
            "slf4j",
            "log4j",
            "logback",
            "converter",
            "avro",
            "lz4",
            "snappy",
            "zstd");

    @ParameterizedTest
    @ValueSource(strings = {"connect-source-pg", "connect-sink-pg", "connect-sink-warehouse", "transforms"})
    void archiveHoldsOurJarsAndNothingThatTheWorkerBrings(String module) throws IOException {
        String root = "millrace-" + module + "-" + VERSION + "/";
        try (var zip = new ZipFile(PluginArchives.zip(module).toFile())) {
            List<String> entries = files(zip);
            assertThat(entries).allMatch(name -> name.startsWith(root));
            assertThat(entries).contains(root + "doc/LICENSE", root + "lib/" + module + "-" + VERSION + ".jar");
            assertThat(entries).filteredOn(name -> name.endsWith(".jar")).allMatch(name -> allowed(root, name));
            JsonNode manifest = new ObjectMapper().readTree(zip.getInputStream(zip.getEntry(root + "manifest.json")));
            assertThat(manifest.path("name").asText()).isEqualTo(module);
            assertThat(manifest.path("version").asText()).isEqualTo(VERSION);
            assertThat(manifest.at("/owner/username").asText()).isEqualTo("millrace");
            assertThat(manifest.at("/license/0/name").asText()).startsWith("Apache");
            assertThat(manifest.at("/component_types/0").asText()).isIn("source", "sink", "transform");
            assertThat(manifest.path("release_date").asText()).matches("\\d{4}-\\d{2}-\\d{2}");
            assertThat(manifest.toString()).doesNotContain("${");
            assertThat(foreignRegistrations(zip)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect-source-pg", "connect-sink-pg", "connect-sink-warehouse", "transforms"})
    void bothArchivesHoldTheSameFiles(String module) throws Exception {
        try (var zip = new ZipFile(PluginArchives.zip(module).toFile())) {
            assertThat(tarFiles(PluginArchives.tarGz(module))).containsExactlyInAnyOrderElementsOf(files(zip));
        }
    }

    @Test
    void aWorkerListsOurPluginsAndNoOthersFromTheArchives() {
        var options = WorkerOptions.withModules(
                "connect-source-pg", "connect-sink-pg", "connect-sink-warehouse", "transforms");
        try (var broker = KafkaBroker.start();
                var worker = ConnectWorker.embedded(broker, options)) {
            Map<String, String> found = new TreeMap<>();
            for (JsonNode plugin : worker.rest().connectorPlugins()) {
                if (!plugin.path("class").asText().startsWith("org.apache.kafka.")) {
                    found.put(
                            plugin.path("class").asText(),
                            plugin.path("type").asText() + " "
                                    + plugin.path("version").asText());
                }
            }
            assertThat(found)
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "io.millrace.sink.pg.PostgresSinkConnector", "sink " + VERSION,
                            "io.millrace.sink.warehouse.WarehouseSinkConnector", "sink " + VERSION,
                            "io.millrace.source.PostgresCdcSourceConnector", "source " + VERSION,
                            "io.millrace.source.PostgresQuerySourceConnector", "source " + VERSION,
                            "io.millrace.transforms.ExcludeColumns", "transformation " + VERSION,
                            "io.millrace.transforms.SoftDelete", "transformation " + VERSION));
        }
    }

    private static boolean allowed(String root, String name) {
        String jar = name.substring(name.lastIndexOf('/') + 1);
        return name.startsWith(root + "lib/") && FORBIDDEN.stream().noneMatch(jar::startsWith);
    }

    /** Service files that would make a worker list plugins of others. */
    private static List<String> foreignRegistrations(ZipFile zip) throws IOException {
        var foreign = new ArrayList<String>();
        for (String jar : files(zip)) {
            if (jar.endsWith(".jar")) {
                registrations(zip.getInputStream(zip.getEntry(jar)))
                        .filter(line -> !line.startsWith("io.millrace."))
                        .forEach(line -> foreign.add(jar + ": " + line));
            }
        }
        return foreign;
    }

    private static Stream<String> registrations(InputStream jar) throws IOException {
        var lines = new ArrayList<String>();
        var in = new ZipInputStream(jar);
        for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
            if (entry.getName().startsWith("META-INF/services/org.apache.kafka.")) {
                new String(in.readAllBytes(), UTF_8).lines().forEach(lines::add);
            }
        }
        return lines.stream().filter(line -> !line.isBlank() && !line.startsWith("#"));
    }

    private static List<String> files(ZipFile zip) {
        return zip.stream()
                .filter(entry -> !entry.isDirectory())
                .map(ZipEntry::getName)
                .toList();
    }

    private static HashSet<String> tarFiles(Path tarGz) throws Exception {
        Process tar = new ProcessBuilder("tar", "-tzf", tarGz.toString()).start();
        var names = new HashSet<String>();
        tar.inputReader().lines().filter(name -> !name.endsWith("/")).forEach(names::add);
        assertThat(tar.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(tar.exitValue()).isZero();
        return names;
    }
}
