package io.millrace.sink.warehouse.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;

/** What is done again, and what errors mean. */
class RepeatTest {
    private static SQLException error(int code, String state) {
        return new SQLException("error " + code, state, code);
    }

    private static String run(Deque<SQLException> errors) throws SQLException {
        return new Repeat(2, 1).run(() -> {
            SQLException next = errors.poll();
            if (next != null) {
                throw next;
            }
            return "done";
        });
    }

    @Test
    void whatPassesIsDoneAgainUpToALimit() throws Exception {
        assertThat(run(new ArrayDeque<>(List.of(error(625, "57014"), error(0, "08006")))))
                .isEqualTo("done");
        Deque<SQLException> three = new ArrayDeque<>(List.of(error(603, ""), error(603, ""), error(603, "")));
        assertThatThrownBy(() -> run(three)).hasMessage("error 603");
    }

    @Test
    void whatDoesNotPassIsNot() {
        Deque<SQLException> errors = new ArrayDeque<>(List.of(error(3001, "42501")));
        assertThatThrownBy(() -> run(errors)).hasMessage("error 3001");
        assertThat(errors).isEmpty();
    }

    @Test
    void aRefusedLoginIsFinalAndALostSessionIsNot() {
        assertThat(SqlErrors.isTransient(error(390100, "08001"))).isFalse();
        assertThat(SqlErrors.isTransient(error(390144, "08001"))).isFalse();
        assertThat(SqlErrors.isTransient(error(390111, "08001"))).isTrue();
        assertThat(SqlErrors.isFatal(error(390114, ""))).isTrue();
        assertThat(SqlErrors.translate("x", error(625, "57014"))).isInstanceOf(RetriableException.class);
    }

    @Test
    void messagesAboutDataShowNoValue() {
        SQLException e = new SQLException("Numeric value 'secret' is not recognized", "22018", 100038);
        assertThat(SqlErrors.translate("Table t", e).getMessage())
                .startsWith("Table t: Snowflake refuses a row")
                .doesNotContain("secret");
        assertThat(SqlErrors.translate("Table t", e).getCause()).isNull();
    }
}
