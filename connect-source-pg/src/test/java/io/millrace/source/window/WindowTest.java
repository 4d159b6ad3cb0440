package io.millrace.source.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

class WindowTest {
    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("raw", Schema.BYTES_SCHEMA)
            .build();
    private final Window window = new Window(new KeyRange(null, null), 0);

    private static RowKey key(long id) {
        return RowKey.of(new Struct(ROW).put("id", id).put("raw", new byte[] {1, 2}), List.of("id", "raw"));
    }

    @Test
    void outdatesWhatIsChangedByTransactionsThatItsReadingDidNotSee() {
        window.changed(5, key(1));
        window.changed(9, key(2));
        window.read(Visibility.parse("8:8:", true));
        window.changed(6, key(3));
        window.changed(10, key(4));
        assertThat(window.outdates(key(1)))
                .as("seen, shown before the snapshot")
                .isFalse();
        assertThat(window.outdates(key(2)))
                .as("not seen, shown before the snapshot")
                .isTrue();
        assertThat(window.outdates(key(3))).as("seen").isFalse();
        assertThat(window.outdates(key(4))).as("not seen").isTrue();
        assertThat(window.outdatesAny()).isTrue();
    }

    @Test
    void aTruncateOutdatesEverything() {
        window.read(Visibility.parse("8:8:", true));
        window.changed(7, null);
        assertThat(window.outdatesAny()).isFalse();
        window.changed(8, null);
        assertThat(window.outdates(key(1))).isTrue();
    }

    @Test
    void holdsNoKeysOfWhatWasSeen() {
        window.read(Visibility.parse("8:8:", true));
        window.changed(7, key(1));
        assertThat(window.size()).isZero();
    }

    @Test
    void aCommitThatWasShownBeforeItWasVisibleIsRemembered() {
        Transactions transactions = new Transactions();
        transactions.shown(7);
        long opened = transactions.count();
        transactions.shown(8);
        assertThat(transactions.anyOf(java.util.Set.of(7), opened)).isTrue();
        assertThat(transactions.anyOf(java.util.Set.of(8), opened))
                .as("shown since")
                .isFalse();
        for (int i = 0; i < 500_000; i++) {
            transactions.shown(100 + i);
        }
        assertThat(transactions.anyOf(java.util.Set.of(7), opened))
                .as("as many as a standby may be behind")
                .isTrue();
        transactions.shown(7 + (1 << 20));
        assertThat(transactions.anyOf(java.util.Set.of(7), opened))
                .as("long ago")
                .isFalse();
    }

    @Test
    void transactionsAreToldApartBeyondTheWrapAround() {
        Transactions transactions = new Transactions();
        assertThat(transactions.anyOf(java.util.Set.of(0), 0)).as("none shown").isFalse();
        transactions.shown(-3);
        transactions.shown(5);
        assertThat(transactions.anyOf(java.util.Set.of(-3), 1)).isTrue();
        assertThat(transactions.anyOf(java.util.Set.of(5), 1)).isFalse();
        assertThat(transactions.anyOf(java.util.Set.of(5 + (1 << 20)), 2)).isFalse();
        transactions.shown(-3);
        assertThat(transactions.anyOf(java.util.Set.of(-3), 1))
                .as("shown again after a lost connection")
                .isTrue();
    }
}
