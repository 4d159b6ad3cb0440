package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.quickstart.database.HttpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptionsTest {
    @Test
    void hasDefaultsAndReadsNumbersAsPeopleWriteThem() {
        assertThat(Options.parse(List.of()))
                .isEqualTo(new Options(1_500_000, false, 20, null, new Into.Postgres(null), false, 0));
        Options options = Options.parse(List.of("--rows", "2m", "--exit", "--seconds", "5", "--kill", "3"));
        assertThat(options).isEqualTo(new Options(2_000_000, true, 5, null, new Into.Postgres(null), false, 3));
        assertThat(Options.parse(List.of("--rows", "250k")).rows()).isEqualTo(250_000);
    }

    @Test
    void readsDatabases() {
        Options options = Options.parse(List.of(
                "--source",
                "postgresql://me:p%40ss@db.example.com/shop?sslmode=require",
                "--target",
                "jdbc:postgresql://localhost:6543/copy?user=you&password=secret"));
        assertThat(options.source()).isNotNull().satisfies(source -> {
            assertThat(source.password()).isEqualTo("p@ss");
            assertThat(source.port()).isEqualTo(5432);
            assertThat(source.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example.com:5432/shop?sslmode=require");
            assertThat(source).hasToString("postgresql://me@db.example.com:5432/shop");
        });
        assertThat(options.target()).isNotNull().satisfies(target -> {
            assertThat(target.user()).isEqualTo("you");
            assertThat(target.password()).isEqualTo("secret");
            assertThat(target.jdbcUrl()).isEqualTo("jdbc:postgresql://localhost:6543/copy");
        });
    }

    @Test
    void readsTheSink(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("my.duckdb");
        Options options = Options.parse(List.of("--sink", "duckdb", "--target", file.toString()));
        assertThat(options.into()).isEqualTo(new Into.DuckDb(file));
        assertThat(options.target()).isNull();
        assertThat(Options.parse(List.of("--sink", "clickhouse")).into()).isEqualTo(new Into.ClickHouse(null));
        assertThat(Options.parse(List.of("--sink", "bigquery")).into()).isEqualTo(new Into.BigQuery());
        assertThatThrownBy(() -> Options.parse(List.of("--sink", "bigquery", "--target", "x")))
                .hasMessageContaining("bigquery-sink.json");
        assertThatThrownBy(() -> Options.parse(List.of("--sink", "oracle"))).hasMessageContaining("oracle");
        Files.createFile(file);
        assertThatThrownBy(() -> Options.parse(List.of("--sink", "duckdb", "--target", file.toString())))
                .hasMessageContaining("exists");
    }

    @Test
    void readsAServer() {
        List<String> given =
                List.of("--sink", "clickhouse", "--target", "https://me:p%40ss@warehouse.example.com:8443");
        assertThat(Options.parse(given).into())
                .isEqualTo(new Into.ClickHouse(new HttpAddress("https://warehouse.example.com:8443", "me", "p@ss")));
        assertThat(HttpAddress.parse("http://localhost:8123"))
                .isEqualTo(new HttpAddress("http://localhost:8123", "default", ""));
        assertThat(Options.parse(given).toString()).doesNotContain("p@ss");
        for (String wrong :
                List.of("http://me:topsecret@host", "postgresql://me:topsecret@host:1", "http://a:top secret@b:1")) {
            assertThatThrownBy(() -> Options.parse(List.of("--sink", "clickhouse", "--target", wrong)))
                    .isInstanceOf(QuickstartException.class)
                    .hasMessageContaining("http://user:password@host:8123")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void readsTheMirror() {
        assertThat(Options.parse(List.of("--mirror", "query")).byQuery()).isTrue();
        assertThat(Options.parse(List.of("--mirror", "cdc")).byQuery()).isFalse();
        assertThatThrownBy(() -> Options.parse(List.of("--mirror", "snap"))).hasMessageContaining("snap");
        assertThatThrownBy(() -> Options.parse(
                        List.of("--mirror", "query", "--source", "postgresql://me:p@db.example.com/shop")))
                .hasMessageContaining("generated database");
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> Options.parse(List.of("--rowz", "1")))
                .isInstanceOf(QuickstartException.class)
                .hasMessageContaining("--rowz")
                .hasMessageContaining("Usage");
        assertThatThrownBy(() -> Options.parse(List.of("--rows"))).hasMessageContaining("--rows");
        assertThatThrownBy(() -> Options.parse(List.of("--rows", "many"))).hasMessageContaining("many");
        assertThatThrownBy(() -> Options.parse(List.of("--rows", "5"))).hasMessageContaining("1000");
        assertThatThrownBy(() -> Options.parse(List.of("--source", "mysql://a:topsecret@b/c")))
                .hasMessageContaining("postgresql://")
                .hasMessageNotContaining("topsecret");
        assertThatThrownBy(() -> Options.parse(List.of("--source", "postgresql://a:top secret@b/c")))
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> Options.parse(List.of("--source", "postgresql://host/db")))
                .hasMessageContaining("user");
    }
}
