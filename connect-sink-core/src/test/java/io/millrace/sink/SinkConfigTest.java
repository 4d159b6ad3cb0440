package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.FoldRules;
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
                "insert.mode; update; use upsert",
                "primary.key.mode; kafka; use none",
                "primary.key.mode; record_header; use record_key",
                "delete.enabled; maybe; delete.enabled",
                "truncate.enabled; 1; truncate.enabled",
                "pk.mode; none; insert.mode=upsert needs a key",
                "pk.mode; kafka; pk.mode",
                "batch.size; 0; batch.size",
                "batch.size; many; batch.size",
                "columns.preset; creek; columns.preset",
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

    @ParameterizedTest
    @CsvSource({
        "collection.name.format, a, table.name.format, b",
        "delete.enabled, true, delete.mode, hard",
        "truncate.enabled, true, truncate.mode, apply",
        "auto.evolve, true, schema.evolution, add",
        "pk.mode, record_key, primary.key.mode, record_key",
        "pk.fields, id, primary.key.fields, id",
        "batch.size, 10, max.batch.size, 10",
    })
    void refusesOneSettingUnderTwoNames(String alias, String value, String key, String other) {
        assertThatThrownBy(() -> settings(alias, value, key, other))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(alias)
                .hasMessageContaining(key);
    }

    @Test
    void takesTheKeysOfOtherSinks() {
        assertThat(settings("delete.enabled", "true").fold().deletes()).isEqualTo(FoldRules.Deletes.HARD);
        assertThat(settings("delete.enabled", "False").fold().deletes()).isEqualTo(FoldRules.Deletes.IGNORE);
        assertThat(settings("truncate.enabled", "false").truncate()).isEqualTo(SinkSettings.TruncateMode.IGNORE);
        assertThat(settings("auto.evolve", "false").evolution()).isEqualTo(EvolutionPolicy.FAIL);
        assertThat(settings("batch.size", "7").flushing().rows()).isEqualTo(7);
        assertThat(settings("pk.mode", "record_value", "pk.fields", "a, b")
                        .key()
                        .fields())
                .containsExactly("a", "b");
    }

    @Test
    void offersTheColumnNamesOfPeerDb() {
        Bookkeeping preset =
                settings("columns.preset", "peerdb", "delete.mode", "soft").bookkeeping();
        assertThat(preset).isEqualTo(new Bookkeeping("_PEERDB_IS_DELETED", null, "_PEERDB_SYNCED_AT"));
        assertThat(settings("columns.preset", "peerdb", "synced.at.column", "at")
                        .bookkeeping())
                .isEqualTo(new Bookkeeping(null, null, "at"));
        assertThat(settings().bookkeeping()).isEqualTo(Bookkeeping.NONE);
    }
}
