package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void assignsAllColumnsButTheKey() {
        assertThat(Table.NARROW.assignments())
                .isEqualTo("bid = excluded.bid, abalance = excluded.abalance, filler = excluded.filler");
        assertThat(Table.WIDE.assignments()).startsWith("t1 = excluded.t1").contains("amt = excluded.amt, ts = excl");
    }

    @Test
    void mixesChangesOfOtherRowsInEachTransaction() {
        String sql = Table.NARROW.mixInTransactions(3);
        assertThat(sql)
                .contains("FOR b IN 0..2")
                .contains("UPDATE narrow SET abalance = -1 WHERE aid > b * 800 AND aid <= b * 800 + 600;")
                .contains("DELETE FROM narrow WHERE aid > b * 800 + 600 AND aid <= b * 800 + 800;")
                .contains("generate_series(2400 + b * 200 + 1, 2400 + (b + 1) * 200)");
        assertThat(Table.presentBefore(3)).isEqualTo(2400);
        assertThat(Table.presentAfter(3)).isEqualTo(2400);
        assertThat(Changes.MIX.records(3000)).isEqualTo(3600);
    }
}
