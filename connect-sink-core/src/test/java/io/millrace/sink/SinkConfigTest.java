package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.TableId;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SinkConfigTest {
    private static SinkSettings settings(String... pairs) {
        Map<String, String> properties = new HashMap<>(Map.of("name", "sink"));
        for (int i = 0; i < pairs.length; i += 2) {
            properties.put(pairs[i], pairs[i + 1]);
        }
        return SinkSettings.of(new AbstractConfig(SinkConfig.define(new ConfigDef()), properties));
    }

    @Test
    void mirrorsByDefault() {
        SinkSettings settings = settings();
        assertThat(settings.fold().append()).isFalse();
        assertThat(settings.create()).isTrue();
        assertThat(settings.evolution()).isEqualTo(EvolutionPolicy.ADD_AND_WIDEN);
        assertThat(settings.ledgerId()).isEqualTo("sink");
        assertThat(settings.ledgerMissing()).isEqualTo(SinkSettings.LedgerMissing.FAIL);
    }

    @Test
    void takesTheWordsOfOtherSinks() {
        assertThat(settings("insert.mode", "insert").fold().append()).isTrue();
        assertThat(settings("schema.evolution", "basic").evolution()).isEqualTo(EvolutionPolicy.ADD);
        assertThat(settings("schema.evolution", "ADD_AND_WIDEN").evolution()).isEqualTo(EvolutionPolicy.ADD_AND_WIDEN);
        assertThat(settings("collection.name.format", "${topic}").template()).isEqualTo("${topic}");
    }

    @Test
    void readsTheMap() {
        assertThat(settings("table.map", "public.a:s.b, topic:c").tables())
                .containsEntry("public.a", TableId.of("s", "b"))
                .containsEntry("topic", TableId.of("c"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "insert.mode; overwrite; insert.mode",
                "insert.mode; update; insert.mode",
                "delete.mode; maybe; delete.mode",
                "primary.key.mode; none; primary.key.mode",
                "primary.key.mode; record_value; primary.key.fields",
                "schema.evolution; all; schema.evolution",
                "table.map; a; table.map",
                "table.map; a:b,a:c; table.map",
                "table.name.format; ${x}; table.name.format",
                "max.batch.size; 0; max.batch.size",
                "ledger.missing; ignore; ledger.missing",
            })
    void refusesNamingTheKey(String key, String value, String named) {
        assertThatThrownBy(() -> settings(key, value))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(named);
    }

    @Test
    void refusesTwoTemplates() {
        assertThatThrownBy(() -> settings("collection.name.format", "a", "table.name.format", "b"))
                .hasMessageContaining("collection.name.format");
    }
}
