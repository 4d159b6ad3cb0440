package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresSinkConfigTest {
    private static PostgresSinkConfig config(String url) {
        return new PostgresSinkConfig(Map.of("name", "sink", PostgresSinkConfig.URL, url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgres://someone:secret@host/db",
                "jdbc:postgresql://someone:secret@host:5432/db",
                "jdbc:postgresql://host:secret/db",
                "jdbc:postgresql://host:5432/db%zz?password=secret"
            })
    void anAddressThatIsRefusedIsNotShown(String url) {
        assertThatThrownBy(() -> config(url))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(PostgresSinkConfig.URL)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://host/db",
                "jdbc:postgresql://one:5432,two:5433/db?targetServerType=primary",
                "jdbc:postgresql://[::1]:5432/db?user=a%40b",
                "jdbc:postgresql:db"
            })
    void addressesOfTheDriverAreTaken(String url) {
        assertThat(config(url).connection().url()).isEqualTo(url);
    }
}
