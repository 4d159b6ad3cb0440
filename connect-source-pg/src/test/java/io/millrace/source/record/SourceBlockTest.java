package io.millrace.source.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.catalog.TableId;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

class SourceBlockTest {
    private static final TableId TABLE = new TableId("public", "t");
    private final SourceBlock blocks = new SourceBlock("shop", "db");

    @Test
    void putsEveryFieldThatIsRequired() {
        List<Struct> all = List.of(
                blocks.snapshot(TABLE, 17, 1_000_000),
                blocks.incremental(TABLE, 17, 1_000_000),
                blocks.event(TABLE, 17, 4, 1_000_000, null),
                blocks.message(17, null, 1_000_000, "\"16\""));
        for (Struct block : all) {
            for (Field field : blocks.schema().fields()) {
                assertThat(field.schema().isOptional() || block.get(field) != null)
                        .as("%s of %s", field.name(), block)
                        .isTrue();
            }
        }
    }
}
