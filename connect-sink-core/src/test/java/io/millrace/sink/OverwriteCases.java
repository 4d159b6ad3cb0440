package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.TableId;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Cases of the contract about whole copies, for destinations that take them: no row goes but for one that came. */
public interface OverwriteCases extends ContractCase {
    /** Copies of tables in this case's log; leaves the case out for a destination that cannot overwrite. */
    default Copies copies() {
        try (Destination destination = destination("sink")) {
            Assumptions.assumeTrue(destination.generations().isPresent(), "The target takes no whole copies");
        }
        return new Copies(log());
    }

    /**
     * Adds a column to table {@code shop.<name>}, which has rows, such that from now on no copy whose rows were gathered
     * before, and have new keys, can take the table's place.
     */
    default void obstruct(String table) {
        throw new UnsupportedOperationException(
                "A target that takes whole copies says how one is kept out of " + table);
    }

    /** Takes that column away. */
    default void unobstruct(String table) {
        throw new UnsupportedOperationException("A target that takes whole copies says how one is let into " + table);
    }

    private List<Generations.Awaited> awaited() {
        try (Destination destination = destination("sink")) {
            return destination.generations().orElseThrow().awaited();
        }
    }

    private static String[] overwrite(String... more) {
        String[] config = java.util.Arrays.copyOf(more, more.length + 2);
        config[more.length] = "insert.mode";
        config[more.length + 1] = "overwrite";
        return config;
    }

    @Test
    default void aCopyTakesTheTablesPlace() {
        Copies copies = copies();
        copies.copy(ORDERS, "g1", Copies.of(1, "a", "b"), Copies.of(2, "c", "d"));
        run(overwrite());
        copies.copy(ORDERS, "g2", Copies.of(2, "x", "d"), Copies.of(3, "e", "f"));
        run(overwrite());
        assertThat(orders()).containsExactly("2|x|d", "3|e|f");
        copies.empty(ORDERS, "g3");
        run(overwrite());
        assertThat(orders()).isEmpty();
    }

    @Test
    default void aCopyOfADroppedTableReplacesNothing() {
        Copies copies = copies();
        copies.copy(ORDERS, "g1", Copies.of(1, "a", "b"));
        run(overwrite());
        copies.copy(ORDERS, "g2", Copies.of(2, "c", "d"));
        copies.copy(OperatorCases.STOCK, "s1", Copies.of(1, "a", "b"));
        run(overwrite("tables.dropped", "shop.orders"));
        assertThat(orders()).containsExactly("1|a|b");
        assertThat(rows("stock", "id")).containsExactly("1");
        run(overwrite());
        assertThat(orders()).containsExactly("1|a|b");
        copies.copy(ORDERS, "g3", Copies.of(3, "e", "f"));
        run(overwrite());
        assertThat(orders()).containsExactly("3|e|f");
    }

    @Test
    default void aCopyInWhoseMiddleItsTableWasDroppedReplacesNothing() {
        Copies copies = copies();
        copies.copy(ORDERS, "g1", Copies.of(1, "a", "b"));
        run(overwrite());
        copies.tell(Manifest.Kind.BEGIN, ORDERS, "g2", copies.next());
        copies.row(ORDERS, "g2", 2, "c", "d");
        run(overwrite());
        copies.row(ORDERS, "g2", 3, "passed", "over");
        run(overwrite("tables.dropped", "shop.orders"));
        copies.row(ORDERS, "g2", 4, "e", "f");
        copies.tell(Manifest.Kind.END, ORDERS, "g2", copies.order());
        run(overwrite());
        assertThat(orders()).containsExactly("1|a|b");
    }

    @Test
    default void aCopyWithDeadLettersReplacesNothing() {
        Copies copies = copies();
        copies.copy(ORDERS, "g1", Copies.of(1, "a", "b"), Copies.of(2, "c", "d"));
        run(overwrite());
        copies.tell(Manifest.Kind.BEGIN, ORDERS, "g2", copies.next());
        copies.row(ORDERS, "g2", 1, "x", "b");
        copies.badRow(ORDERS, "g2", 2, "c", "d");
        copies.tell(Manifest.Kind.END, ORDERS, "g2", copies.order());
        assertThat(runWithDeadLetters(overwrite())).containsExactly(3L);
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
        copies.tell(Manifest.Kind.BEGIN, ORDERS, "g3", copies.next());
        copies.badRow(ORDERS, "g3", 2, "c", "d");
        copies.tell(Manifest.Kind.END, ORDERS, "g3", copies.order());
        assertThat(runWithDeadLetters(overwrite("max.batch.size", "1"))).containsExactly(4L);
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
        copies.copy(ORDERS, "g4", Copies.of(3, "e", "f"));
        assertThat(runWithDeadLetters(overwrite())).isEmpty();
        assertThat(orders()).containsExactly("3|e|f");
    }

    @Test
    default void tasksOfTheSourceMayTellDifferentOrdersOfOneCopy() {
        Copies copies = copies();
        copies.tell(Manifest.Kind.BEGIN, ORDERS, "g1", 5);
        copies.row(ORDERS, "g1", 1, "a", "b");
        copies.tell(Manifest.Kind.BEGIN, ORDERS, "g1", 9);
        copies.row(ORDERS, "g1", 2, "c", "d");
        copies.tell(Manifest.Kind.END, ORDERS, "g1", 7);
        run(overwrite("max.batch.size", "1"));
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
        copies.tell(Manifest.Kind.BEGIN, ORDERS, "g2", 6);
        copies.row(ORDERS, "g2", 3, "e", "f");
        copies.tell(Manifest.Kind.END, ORDERS, "g2", 6);
        run(overwrite("max.batch.size", "1"));
        assertThat(orders()).as("a later one").containsExactly("3|e|f");
    }

    @Test
    default void copiesOfTwoSourcesDoNotMeetInOneTable() {
        Copies copies = copies();
        copies.copy(ORDERS, "g1", Copies.of(1, "a", "b"));
        new Copies(log(), "other").empty(ORDERS, "h1");
        TaskDriver task = open(overwrite());
        assertThatThrownBy(task::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("shop.orders")
                .hasMessageContaining(Manifest.topic("mirror"))
                .hasMessageContaining(Manifest.topic("other"));
        task.kill();
    }

    @Test
    default void whatACopyWaitsForIsKnown() {
        Copies copies = copies();
        copies.empty(OperatorCases.STOCK, "s1");
        copies.tell(Manifest.Kind.BEGIN, ORDERS, "g1", copies.next());
        copies.row(ORDERS, "g1", 1, "a", "b");
        run(overwrite());
        assertThat(awaited()).as("nothing has ended, or all is there").isEmpty();
        long begun = System.nanoTime();
        copies.end(ORDERS, "g1", 3);
        run(overwrite());
        List<Generations.Awaited> first = awaited();
        assertThat(first).hasSize(1);
        assertThat(first.get(0).target()).isEqualTo(TableId.of("shop", "orders"));
        assertThat(first.get(0).id()).isEqualTo("g1");
        assertThat(first.get(0).missing()).containsExactly(new Generations.Missing(FIRST, 3, 1));
        // Told again, as after a restart, it does not end anew.
        copies.end(ORDERS, "g1", 3);
        run(overwrite());
        Generations.Awaited second = awaited().get(0);
        assertThat(second.millis()).isGreaterThan(first.get(0).millis());
        assertThat(second.millis()).isBetween(1L, (System.nanoTime() - begun) / 1_000_000 + 1000);
        copies.row(ORDERS, "g1", 2, "c", "d");
        copies.row(ORDERS, "g1", 3, "e", "f");
        run(overwrite());
        assertThat(awaited().get(0).missing()).containsExactly(new Generations.Missing(FIRST, 3, 3));
        assertThat(orders()).isEmpty();
        copies.row(ORDERS, "g1", 4, "g", "h");
        run(overwrite());
        assertThat(awaited()).isEmpty();
        assertThat(orders()).containsExactly("1|a|b", "2|c|d", "3|e|f", "4|g|h");
    }

    @Test
    default void aPartitionThatTheLedgerDoesNotKnowIsWaitedForToo() {
        Copies copies = copies();
        copies.tell(Manifest.Kind.BEGIN, ORDERS, "g1", copies.next());
        copies.end(ORDERS, "g1", 0);
        run(overwrite());
        assertThat(awaited()).hasSize(1);
        assertThat(awaited().get(0).missing()).containsExactly(new Generations.Missing(FIRST, 0, -1));
    }

    @Test
    default void rowsThatCameTwiceAreFoldedByTheirKey() {
        Copies copies = copies();
        copies.tell(Manifest.Kind.BEGIN, ORDERS, "g1", copies.next());
        for (int i = 0; i < 2; i++) {
            copies.row(ORDERS, "g1", 1, "a", "b");
            copies.row(ORDERS, "g1", 2, "c", "d");
        }
        copies.endWith(ORDERS, "g1", 2);
        run(overwrite("max.batch.size", "2"));
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
    }

    @Test
    default void rowsWithoutAKeyThatCameTwiceReplaceNothing() {
        String[] keyless = overwrite("primary.key.mode", "none", "max.batch.size", "2");
        Copies copies = copies();
        copies.copy(EVENTS, "g1", Copies.of("old"));
        run(keyless);
        copies.tell(Manifest.Kind.BEGIN, EVENTS, "g2", copies.next());
        for (String value : List.of("a", "b", "a", "b")) {
            copies.row(EVENTS, "g2", value);
        }
        copies.endWith(EVENTS, "g2", 3);
        run(keyless);
        run(keyless);
        assertThat(rows("events", "a")).as("it is given up for good").containsExactly("old");
        copies.tell(Manifest.Kind.BEGIN, EVENTS, "g3", copies.next());
        for (String value : List.of("a", "a", "b")) {
            copies.row(EVENTS, "g3", value);
        }
        copies.endWith(EVENTS, "g3", 3);
        run(keyless);
        assertThat(rows("events", "a")).containsExactly("a", "a", "b");
        copies.tell(Manifest.Kind.BEGIN, EVENTS, "g4", copies.next());
        copies.row(EVENTS, "g4", "one is left of two");
        copies.endWith(EVENTS, "g4", 2);
        run(keyless);
        assertThat(rows("events", "a")).as("a transformation has dropped one").containsExactly("one is left of two");
    }

    @Test
    default void aTableThatCannotBeReplacedHoldsUpNoOther() {
        SourceTable stock = OperatorCases.STOCK;
        String[] park = overwrite("table.error.policy", "park");
        Copies copies = copies();
        copies.copy(ORDERS, "g1", Copies.of(1, "a", "b"));
        copies.copy(stock, "s1", Copies.of(1, "a", "b"));
        run(overwrite());
        int second = copies.next();
        copies.tell(Manifest.Kind.BEGIN, ORDERS, "g2", second);
        copies.row(ORDERS, "g2", 2, "c", "d");
        run(overwrite());
        obstruct("orders");
        copies.tell(Manifest.Kind.END, ORDERS, "g2", second);
        copies.copy(stock, "s2", Copies.of(2, "a", "b"));
        TaskDriver failing = open(overwrite());
        assertThatThrownBy(failing::drain)
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining("shop.orders");
        failing.kill();
        assertThat(rows("stock", "id")).as("which comes behind it").containsExactly("2");
        copies.copy(stock, "s3", Copies.of(3, "a", "b"));
        try (TaskDriver task = open(park)) {
            task.drain();
            copies.copy(stock, "s4", Copies.of(4, "a", "b"));
            task.drain();
        }
        assertThat(rows("stock", "id")).containsExactly("4");
        assertThat(orders()).containsExactly("1|a|b");
        unobstruct("orders");
        run(park);
        assertThat(orders()).containsExactly("2|c|d");
    }

    @Test
    default void aPausedTableIsReplacedWhenItGoesOn() {
        SourceTable stock = OperatorCases.STOCK;
        String[] paused = overwrite("tables.paused", "shop.orders");
        Copies copies = copies();
        copies.copy(ORDERS, "g1", Copies.of(1, "a", "b"));
        run(overwrite());
        copies.tell(Manifest.Kind.BEGIN, ORDERS, "g2", copies.next());
        copies.row(ORDERS, "g2", 2, "c", "d");
        run(overwrite());
        copies.tell(Manifest.Kind.END, ORDERS, "g2", copies.order());
        copies.copy(stock, "s1", Copies.of(1, "a", "b"));
        run(paused);
        assertThat(orders()).as("though all rows of the copy are there").containsExactly("1|a|b");
        assertThat(rows("stock", "id")).containsExactly("1");
        run(overwrite());
        assertThat(orders()).containsExactly("2|c|d");
        copies.empty(ORDERS, "g3");
        copies.copy(stock, "s2", Copies.of(2, "a", "b"));
        run(paused);
        assertThat(orders()).as("though the copy needs none").containsExactly("2|c|d");
        assertThat(rows("stock", "id")).containsExactly("2");
        run(overwrite());
        assertThat(orders()).isEmpty();
    }

    @Test
    default void aTableThatIsParkedForARecordIsNotEmptied() {
        Copies copies = copies();
        copies.copy(ORDERS, "g1", Copies.of(1, "a", "b"));
        copies.copy(OperatorCases.STOCK, "s1", Copies.of(1, "a", "b"));
        run(overwrite());
        copies.tell(Manifest.Kind.BEGIN, ORDERS, "g2", copies.next());
        copies.badRow(ORDERS, "g2", 2, "c", "d");
        try (TaskDriver task = open(overwrite("table.error.policy", "park"))) {
            task.drain();
            copies.empty(ORDERS, "g3");
            copies.copy(OperatorCases.STOCK, "s2", Copies.of(2, "a", "b"));
            task.drain();
        }
        assertThat(orders()).containsExactly("1|a|b");
        assertThat(rows("stock", "id")).containsExactly("2");
        assertThat(runWithDeadLetters(overwrite())).containsExactly(1L);
        assertThat(orders()).isEmpty();
    }

    @Test
    default void aColumnThatOnlyTheTargetHasKeepsItsValues() {
        Copies copies = copies();
        copies.copy(
                ORDERS.column("local", Schema.OPTIONAL_STRING_SCHEMA),
                "g1",
                Copies.of(1, "a", "b", "kept"),
                Copies.of(2, "c", "d", "gone with its row"),
                Copies.of(3, "e", "f", "kept too"));
        run(overwrite());
        copies.copy(ORDERS, "g2", Copies.of(1, "changed", "b"), Copies.of(3, "e", "f"), Copies.of(4, "g", "h"));
        run(overwrite());
        assertThat(rows("orders", "id", "a", "b", "local"))
                .containsExactly("1|changed|b|kept", "3|e|f|kept too", "4|g|h|null");
    }
}
