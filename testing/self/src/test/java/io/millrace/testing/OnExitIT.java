package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is cut off leaves neither processes nor folders behind. */
class OnExitIT {
    @TempDir
    Path temporary;

    /** Started by the test below as a process of its own. */
    static final class AbandonedServers {
        public static void main(String[] arguments) throws Exception {
            PostgresServer.start();
            ConnectWorker.process(KafkaBroker.start(), WorkerOptions.withModules());
            Files.writeString(Path.of(arguments[0]), "up");
            Thread.sleep(600_000);
        }
    }

    @Test
    @Tag("extended")
    void endsServersAndDeletesTheirFoldersWhenItIsTerminated() throws Exception {
        Path ready = temporary.resolve("ready");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-Dmillrace.root=" + Settings.root(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        AbandonedServers.class.getName(),
                        ready.toString())
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("output").toFile())
                .start();
        try {
            Await.until("its servers are up", () -> Files.exists(ready));
            List<ProcessHandle> servers = process.descendants().toList();
            assertThat(servers).hasSizeGreaterThan(2);
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            Await.until("servers have ended", () -> servers.stream().noneMatch(ProcessHandle::isAlive));
            assertThat(folders()).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Without the unpacked binaries, which stay for the next run. */
    private List<String> folders() throws IOException {
        String binaries = "millrace-postgres-" + System.getProperty("user.name");
        try (var files = Files.list(temporary)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("millrace-") && !name.equals(binaries))
                    .toList();
        }
    }
}
