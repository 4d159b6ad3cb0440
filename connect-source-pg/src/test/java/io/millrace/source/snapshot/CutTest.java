package io.millrace.source.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.source.catalog.TableId;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class CutTest {
    private static Cut.Ranges ranges(boolean nulls, String... bounds) {
        List<List<String>> all = Stream.of(bounds).map(List::of).toList();
        return new Cut.Ranges("t", 10, List.of("k"), all, nulls, false, 1, new BitSet());
    }

    @Test
    void rangesMeetAndRowsWithoutAValueAreTheLast() {
        Cut cut = ranges(true, "10", "it's");
        assertThat(cut.chunks()).isEqualTo(4);
        assertThat(cut.condition(0)).isEqualTo("t.\"k\" <= '10'");
        assertThat(cut.condition(1)).isEqualTo("t.\"k\" > '10' AND t.\"k\" <= 'it''s'");
        assertThat(cut.condition(2)).isEqualTo("t.\"k\" > 'it''s'");
        assertThat(cut.condition(3)).isEqualTo("t.\"k\" IS NULL");
    }

    @Test
    void oneRangeIsTheWholeRelation() {
        assertThat(ranges(false).chunks()).isEqualTo(1);
        assertThat(ranges(false).condition(0)).isEmpty();
        assertThat(ranges(true).condition(0)).isEqualTo("t.\"k\" IS NOT NULL");
    }

    @Test
    void anotherCutHasAnotherId() {
        int id = ranges(true, "10").id();
        assertThat(ranges(true, "11").id()).isNotEqualTo(id);
        assertThat(id).isGreaterThan(1 << 29);
    }

    @Test
    void theFirstEntryThatFitsNamesTheColumn() {
        PartitionKeys keys = PartitionKeys.of("shop\\.orders:id; shop\\..*:created_at");
        assertThat(keys.of(new TableId("shop", "orders"))).isEqualTo("id");
        assertThat(keys.of(new TableId("SHOP", "items"))).isEqualTo("created_at");
        assertThat(keys.of(new TableId("other", "items"))).isNull();
        assertThatThrownBy(() -> PartitionKeys.of("shop.orders"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("table:column");
        assertThatThrownBy(() -> PartitionKeys.of("shop[:id")).isInstanceOf(ConfigException.class);
    }
}
