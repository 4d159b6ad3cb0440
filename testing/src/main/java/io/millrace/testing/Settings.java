package io.millrace.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the build tells tests through system properties, with defaults for a plain {@code java} command. */
public final class Settings {
    private Settings() {}

    /** {@code millrace.postgres}: the major version that tests start, 18 when nothing is said. */
    public static int postgresVersion() {
        return Integer.getInteger("millrace.postgres", 18);
    }

    /** {@code millrace.root}: the folder of the reactor, by default found upwards from the working directory. */
    public static Path root() {
        String root = System.getProperty("millrace.root");
        return root != null ? Path.of(root) : searchUpwards(Path.of("").toAbsolutePath());
    }

    /** {@code millrace.servers}: {@code embedded} (default) or {@code containers}. */
    static boolean containers() {
        String servers = System.getProperty("millrace.servers", "embedded");
        return switch (servers) {
            case "embedded" -> false;
            case "containers" -> true;
            default ->
                throw new IllegalArgumentException("millrace.servers is '" + servers + "': say embedded or containers");
        };
    }

    /**
     * {@code millrace.worker.jvm}: arguments for workers that are processes, before their own, parted by spaces. Tests want
     * JVMs that start fast; where nothing is said a worker has the flags of Kafka's scripts alone.
     */
    static List<String> workerJvm() {
        String arguments = System.getProperty("millrace.worker.jvm", "").strip();
        return arguments.isEmpty() ? List.of() : List.of(arguments.split(" +", -1));
    }

    /** The libs folder of a Kafka distribution. */
    static Path kafkaLibs() {
        return built("testing/runtime/kafka/target/libs");
    }

    /** Debezium's Postgres connector as a plugin folder. */
    public static Path debeziumPlugin() {
        return built("testing/runtime/debezium/target/libs");
    }

    /** Debezium's JDBC sink as a plugin folder. */
    public static Path debeziumJdbcPlugin() {
        return built("testing/runtime/debezium-jdbc/target/libs");
    }

    /** Apicurio's Avro converter as a plugin folder, see {@link SchemaRegistry}. */
    public static Path avroPlugin() {
        return built("testing/runtime/avro/target/libs");
    }

    /** The archive that holds the binaries of a Postgres release. */
    static Path postgresBinaries(int version) {
        Path archive = root().resolve("testing/target/postgres/postgres-" + version + ".jar");
        if (!Files.exists(archive)) {
            throw new IllegalStateException("No binaries of Postgres " + version + " at " + archive
                    + ": build module testing with -Dmillrace.postgres=" + version);
        }
        return archive;
    }

    private static Path built(String path) {
        Path folder = root().resolve(path);
        if (!Files.isDirectory(folder)) {
            throw new IllegalStateException(folder + " is missing: run mvn package -DskipTests -pl testing -am");
        }
        return folder;
    }

    private static Path searchUpwards(Path start) {
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("testing/runtime"))) {
                return folder;
            }
        }
        throw new IllegalStateException("Set the system property millrace.root to the folder of the reactor");
    }
}
