package io.millrace.source.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.source.catalog.TableId;
import io.millrace.source.position.CopiedRange;
import io.millrace.source.position.KeptRanges;
import io.millrace.source.record.PlainCodec;
import io.millrace.source.record.TableSchema;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class EarlierEventsTest {
    private static final int INT8 = 20;
    private static final TableId TABLE = new TableId("public", "t");
    private static final TableSchema SCHEMA =
            PlainCodec.keyed(TABLE, INT8, new PlainCodec(Schema.INT64_SCHEMA, Long::valueOf));

    private final EarlierEvents earlier = new EarlierEvents();

    /** Keys up to 10 are copied from the snapshot at 100, the rest from that at 200. */
    private static KeptRanges kept() {
        CopiedRange range = new CopiedRange(List.of(), List.of("10"));
        return new KeptRanges(200, true, 1, List.of("k"), List.of(new KeptRanges.Kept(range, 100)));
    }

    private boolean shows(long key, long lsn) {
        return earlier.shows(SCHEMA.topic(), new Struct(SCHEMA.key()).put("k", key), lsn);
    }

    @Test
    void rowsGoByTheSnapshotOfTheirRange() {
        earlier.shown(TABLE, kept());
        earlier.describe(SCHEMA);
        assertThat(shows(10, 99)).isTrue();
        assertThat(shows(10, 100)).isFalse();
        assertThat(shows(11, 199)).isTrue();
        assertThat(shows(11, 200)).isFalse();
    }

    @Test
    void aTruncateBeforeTheLastSnapshotWasBeforeAll() {
        earlier.shown(TABLE, kept());
        earlier.describe(SCHEMA);
        assertThat(earlier.shows(SCHEMA.topic(), null, 50)).isTrue();
        assertThat(earlier.shows(SCHEMA.topic(), null, 199)).isTrue();
        assertThat(earlier.shows(SCHEMA.topic(), null, 200)).isFalse();
    }

    @Test
    void nothingIsLeftOutOfWhatIsRepeated() {
        earlier.shown(TABLE, kept());
        earlier.repeated(TABLE, 200);
        earlier.describe(SCHEMA);
        assertThat(shows(10, 99)).isFalse();
        assertThat(earlier.shows(SCHEMA.topic(), null, 50)).isFalse();
    }

    @Test
    void keysThatRecordsHaveInAnotherFormByNowAreRefused() {
        earlier.shown(TABLE, kept());
        TableSchema strings = PlainCodec.keyed(TABLE, 1700, new PlainCodec(Schema.STRING_SCHEMA, text -> text));
        assertThatThrownBy(() -> earlier.describe(strings))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("public.t was copied from several snapshots");
    }
}
