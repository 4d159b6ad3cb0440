package io.millrace.source.query;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.source.codec.SessionSource;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.IntSupplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Sessions as servers and poolers give them out: whoever asks one is told its server process. */
class PoolerTest {
    /** A session whose every answer is the process that the supplier names. */
    private static Connection session(IntSupplier process) {
        ResultSet row = fake(ResultSet.class, name -> name.equals("getInt") ? process.getAsInt() : true);
        Statement statement = fake(Statement.class, name -> row);
        return fake(Connection.class, name -> statement);
    }

    @FunctionalInterface
    private interface Answers {
        Object to(String method);
    }

    private static <T> T fake(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                PoolerTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        method.getReturnType() == void.class ? null : answers.to(method.getName())));
    }

    private static void refused(SessionSource sessions) {
        assertThatThrownBy(() -> Pooler.refuse(sessions))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("pool_mode=session");
    }

    @Test
    void sessionsOfAServerOrOfAPoolThatKeepsThemAreTaken() throws SQLException {
        int[] processes = {0};
        Pooler.refuse(() -> {
            int own = ++processes[0];
            return session(() -> own);
        });
    }

    @Test
    void theProcessThatWasFreedLastGoesToWhoeverAsksNext() {
        refused(() -> session(() -> 7));
    }

    @Test
    void processesThatGoRoundAreNoticed() {
        for (int servers : List.of(2, 3)) {
            Deque<Integer> idle = new ArrayDeque<>();
            for (int i = 0; i < servers; i++) {
                idle.add(i);
            }
            refused(() -> session(() -> {
                int next = idle.removeFirst();
                idle.addLast(next);
                return next;
            }));
        }
    }
}
