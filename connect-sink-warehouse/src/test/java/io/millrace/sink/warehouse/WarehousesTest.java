package io.millrace.sink.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class WarehousesTest {
    private static final Path FOLDER = Path.of(
            System.getProperty("millrace.root"), "connect-sink-warehouse/src/main/java/io/millrace/sink/warehouse");

    @Test
    void everyFolderIsRegisteredUnderItsName() throws IOException {
        Set<String> folders = new TreeSet<>();
        try (var files = Files.list(FOLDER)) {
            files.filter(Files::isDirectory)
                    .filter(WarehousesTest::holdsOne)
                    .forEach(each -> folders.add(each.getFileName().toString()));
        }
        Set<String> registered = new TreeSet<>();
        for (Warehouse warehouse : Warehouses.all()) {
            registered.add(warehouse.type());
            assertThat(warehouse.getClass().getPackageName())
                    .isEqualTo("io.millrace.sink.warehouse." + warehouse.type());
        }
        assertThat(registered).isEqualTo(folders).contains("duckdb", "bigquery", "clickhouse");
    }

    private static boolean holdsOne(Path folder) {
        try (var files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith("Warehouse.java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void keysOfAWarehouseBeginWithItsName() {
        WarehouseSinkConfig.parts().forEach((part, def) -> {
            if (!part.equals("warehouse")) {
                assertThat(def.names()).isNotEmpty().allMatch(name -> name.startsWith(part + "."));
                assertThat(def.configKeys().values()).allMatch(key -> key.hasDefault());
            }
        });
    }
}
