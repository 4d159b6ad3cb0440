package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.destination.TableId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class NamedTablesTest {
    private static NamedTables named(Map<String, Set<TableId>> more, String... pairs) {
        Map<String, String> properties = new HashMap<>(Map.of("name", "sink"));
        for (int i = 0; i < pairs.length; i += 2) {
            properties.put(pairs[i], pairs[i + 1]);
        }
        AbstractConfig config = new AbstractConfig(SinkConfig.define(new ConfigDef()), properties);
        return new NamedTables(SinkSettings.of(config), more);
    }

    @Test
    void aNameThatNothingFeedsIsToldWithThoseThatAreFed() {
        NamedTables named = named(Map.of(), "tables.paused", "SHOP.orders", "tables.dropped", "shop.stock");
        named.see(List.of(TableId.of("shop", "orders")));
        named.change(TableId.of("shop", "stock"));
        assertThat(named.warnings()).singleElement().satisfies(warning -> assertThat(warning)
                .startsWith("tables.paused names table SHOP.orders,")
                .endsWith("Fed are shop.orders, shop.stock"));
    }

    @Test
    void keysOfTheTargetAreLookedAtToo() {
        TableId orders = TableId.of("shop", "orders");
        NamedTables named = named(Map.of("their.key", Set.of(orders)), "tables.paused", "shop.orders");
        assertThat(named.warnings()).singleElement().satisfies(warning -> assertThat(warning)
                .contains("tables.paused")
                .contains("their.key"));
        named.change(orders);
        assertThat(named.warnings()).isEmpty();
    }

    @Test
    void aChangeIsAwaitedBeforeAnythingIsTold() {
        NamedTables named = named(Map.of(), "tables.dropped", "shop.stock");
        named.warnOnce();
        assertThat(named.warnings()).hasSize(1);
        named.change(TableId.of("shop", "orders"));
        named.warnOnce();
        assertThat(named.warnings()).isEmpty();
    }

    @Test
    void tablesOfTopicsAreKnownAlsoWhenTheyAreDropped() {
        AbstractConfig config = new AbstractConfig(
                SinkConfig.define(new ConfigDef()),
                Map.of("name", "sink", "tables.dropped", "shop.orders", "table.map", "mirror.shop.stock:other.stock"));
        SinkSettings settings = SinkSettings.of(config);
        List<String> topics = List.of("mirror.shop.orders", "mirror.shop.stock");
        assertThat(TargetTables.fed(settings, topics))
                .containsExactlyInAnyOrder(TableId.of("shop", "orders"), TableId.of("other", "stock"));
        assertThat(TargetTables.of(settings, topics)).containsExactly(TableId.of("other", "stock"));
    }
}
