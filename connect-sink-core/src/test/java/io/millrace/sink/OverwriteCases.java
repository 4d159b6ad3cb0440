package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Destination;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
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
