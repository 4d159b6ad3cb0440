package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Cases of the contract: names of tables and columns are data: nothing in them means anything to the target. */
public interface NameCases extends ContractCase {
    String[] ODD = {
        "select",
        "table",
        "user",
        "weird \"\"name",
        "größe 寸法 𝄞",
        "a.b",
        "a b",
        "a;DROP TABLE x--",
        "$1",
        "?",
        "{braces}",
        "'quoted'",
        "back\\slash",
        "percent%s",
        "UPPER",
        "1st",
        "new\nline",
        "tab\t",
        "s",
        "t",
        "c0",
        "k"
    };

    @Test
    default void namesAreTakenLiterally() {
        SourceTable odd = SourceTable.of("shop", "Select \"x\"")
                .key("Order", Schema.INT32_SCHEMA)
                .column("select", Schema.OPTIONAL_STRING_SCHEMA)
                .column("it's", Schema.OPTIONAL_STRING_SCHEMA);
        log().insert(odd, 1, "a", "b").delete(odd, 1, null, null).insert(odd, 2, "a", "b");
        log().update(odd, 2, KEPT, "c");
        run("max.batch.size", "2");
        assertThat(rows("Select \"x\"", "Order", "select", "it's")).containsExactly("2|a|c");
    }

    @Test
    default void tablesAndColumnsOfEveryName() {
        List<SourceTable> tables = new ArrayList<>();
        for (String name : ODD) {
            tables.add(SourceTable.of("shop", name)
                    .key("id", Schema.INT32_SCHEMA)
                    .column(name, Schema.OPTIONAL_STRING_SCHEMA)
                    .column("b", Schema.OPTIONAL_STRING_SCHEMA));
        }
        tables.forEach(table -> log().insert(table, 1, "a", "b").insert(table, 2, "a", "b"));
        run();
        tables.forEach(table ->
                log().update(table, 1, "c", KEPT).delete(table, 2, null, null).insert(table, 3, null, "d"));
        run();
        for (String name : ODD) {
            assertThat(rows(name, "id", name, "b")).as(name).containsExactly("1|c|b", "3|null|d");
        }
    }

    @Test
    default void keysAndFlagsOfEveryName() {
        for (String name : new String[] {"select", "weird \"\"name", "größe 寸法 𝄞", "a.b", "Case"}) {
            SourceTable odd = SourceTable.of("shop", name + " keyed")
                    .key(name, Schema.INT32_SCHEMA)
                    .column("v", Schema.OPTIONAL_STRING_SCHEMA);
            String[] soft = {"delete.mode", "soft", "soft.delete.column", name + " gone", "ledger.id", name};
            log().insert(odd, 1, "a").insert(odd, 2, "b").update(odd, 1, "c").delete(odd, 2, null);
            try (TaskDriver task = task(false, soft).open(List.of(new TopicPartition(odd.topic(), 0)))) {
                task.drain();
            }
            assertThat(rows(name + " keyed", name, "v", name + " gone"))
                    .as(name)
                    .containsExactly("1|c|false", "2|b|true");
        }
    }

    @Test
    default void aNameThatIsTooLongIsRefusedOrHeld() {
        int max = capabilities().maxNameBytes();
        String name = "t".repeat(Math.min(1000, max));
        SourceTable longest = SourceTable.of("shop", name)
                .key("id", Schema.INT32_SCHEMA)
                .column("c".repeat(name.length()), Schema.OPTIONAL_STRING_SCHEMA);
        log().insert(longest, 1, "a");
        run();
        assertThat(rows(name, "id", "c".repeat(name.length()))).containsExactly("1|a");
        if (max < 1000) {
            log().insert(SourceTable.of("shop", name + "t").key("id", Schema.INT32_SCHEMA), 1);
            TaskDriver task = open();
            assertThatThrownBy(task::drain).hasMessageContaining(max + 1 + " bytes");
            task.kill();
        }
    }

    @Test
    default void tablesThatDifferInCaseOnlyAreTwoOrRefused() {
        SourceTable upper = SourceTable.of("shop", "Orders")
                .key("id", Schema.INT32_SCHEMA)
                .column("a", Schema.OPTIONAL_STRING_SCHEMA)
                .column("b", Schema.OPTIONAL_STRING_SCHEMA);
        log().insert(ORDERS, 1, "a", "b");
        run();
        log().insert(upper, 2, "c", "d");
        if (capabilities().namesKeepCase()) {
            run();
            assertThat(rows("Orders", "id")).containsExactly("2");
        } else {
            TaskDriver task = open();
            assertThatThrownBy(task::drain)
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("shop.Orders")
                    .hasMessageContaining("case");
            task.kill();
        }
        assertThat(rows("orders", "id")).containsExactly("1");
    }

    @Test
    default void columnsThatDifferInCaseOnlyAreTwoOrRefused() {
        SourceTable both = ORDERS.column("A", Schema.OPTIONAL_STRING_SCHEMA);
        log().insert(both, 1, "lower", "b", "upper");
        if (capabilities().namesKeepCase()) {
            run();
            assertThat(rows("orders", "id", "a", "A")).containsExactly("1|lower|upper");
        } else {
            TaskDriver task = open();
            assertThatThrownBy(task::drain)
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("shop.orders")
                    .hasMessageContaining("case");
            task.kill();
            assertThat(orders()).isEmpty();
        }
    }
}
