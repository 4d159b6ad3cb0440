package io.millrace.source.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class XidsTest {
    private static final long TURN = 1L << 32;

    @Test
    void comparesWhatARowHasOfIt() {
        assertThat(Xids.since(1000, 1500)).isEqualTo("age(xmin) BETWEEN 0 AND age('1000'::xid)");
        assertThat(Xids.since(TURN - 7, TURN + 20)).contains("'4294967289'::xid");
        assertThat(Xids.since(5 * TURN + 9, 5 * TURN + 9)).contains("'9'::xid");
    }

    @Test
    void readsEverythingWhereThatSaysNothing() {
        assertThat(Xids.since(0, 1L << 31)).isEmpty();
        assertThat(Xids.since(1000, 1000 + (1L << 31))).isEmpty();
        assertThat(Xids.since(1000, 999)).isEmpty();
    }
}
