package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** Cases of the contract about where records go. */
public interface RoutingCases extends ContractCase {
    private static SourceTable shard(String schema) {
        return SourceTable.of(schema, "orders")
                .key("id", Schema.INT32_SCHEMA)
                .column("a", Schema.OPTIONAL_STRING_SCHEMA)
                .column("b", Schema.OPTIONAL_STRING_SCHEMA);
    }

    @Test
    default void manyTopicsFeedOneTableByTheTemplate() {
        log().insert(shard("north"), 1, "a", "b").insert(shard("south"), 2, "c", "d");
        run("table.name.format", "shop.${source.table}");
        log().update(shard("south"), 2, "x", KEPT).delete(shard("north"), 1, null, null);
        run("table.name.format", "shop.${source.table}");
        assertThat(orders()).containsExactly("2|x|d");
    }

    @Test
    default void manyTopicsFeedOneTableByTheMapAndOthersTheirOwn() {
        log().insert(shard("north"), 1, "a", "b")
                .insert(shard("south"), 2, "c", "d")
                .insert(EVENTS, "e");
        run("insert.mode", "append", "table.map", "north.orders:shop.all,mirror.south.orders:shop.all");
        assertThat(rows("all", "id", "a")).containsExactly("1|a", "2|c");
        assertThat(rows("events", "a")).containsExactly("e");
    }
}
