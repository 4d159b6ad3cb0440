package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.TableIndex.Column;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableIndexTest {
    @Test
    void whatIsWrittenIsRead() {
        List<TableIndex> indexes = List.of(
                new TableIndex("plain", "btree", false, List.of(new Column("a", false, false, "")), List.of()),
                new TableIndex(
                        "o'r;d|e,r:s \"+%", // as bad as names can be
                        "btree",
                        true,
                        List.of(
                                new Column("b,;|:%\n\"é", true, true, "text_pattern_ops"),
                                new Column(" c+ ", true, false, ""),
                                new Column("d", false, true, "my:ops")),
                        List.of("e,f", "g")));
        assertThat(TableIndex.read(TableIndex.write(indexes))).isEqualTo(indexes);
        assertThat(TableIndex.read(TableIndex.write(List.of()))).isEmpty();
    }

    @Test
    void theTextIsAsDocumented() {
        assertThat(TableIndex.write(List.of(new TableIndex(
                        "t_a", "gin", true, List.of(new Column("a b", true, true, "x_ops")), List.of("c", "d")))))
                .isEqualTo("t_a|gin|u|a+b:dn:x_ops|c,d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "i|btree|-||",
                "i|btree|?|a::|",
                "i|btree|-|a|",
                "i|btree|-|a:x:|",
                ";",
                "i|btree|-|%z::|",
                "|btree|-|a::|"
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> TableIndex.read(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
