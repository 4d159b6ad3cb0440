package io.millrace.sink.warehouse.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFilesTest {
    @TempDir
    Path folder;

    @Test
    void aLinkIsTheFileThatItLeadsTo() throws IOException {
        Path file = folder.resolve("shop.duckdb");
        Path link = Files.createSymbolicLink(folder.resolve("link.duckdb"), Path.of("shop.duckdb"));
        String before = OpenFiles.acquire(link.toString(), "one");
        assertThatThrownBy(() -> OpenFiles.acquire(file.toString(), "other"))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("one");
        Files.createFile(file);
        assertThatThrownBy(() -> OpenFiles.acquire(file.toString(), "other")).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> OpenFiles.acquire(link.toString(), "other")).isInstanceOf(ConnectException.class);
        OpenFiles.release(before);
        assertThat(OpenFiles.isOpen(file.toString())).isFalse();
    }
}
