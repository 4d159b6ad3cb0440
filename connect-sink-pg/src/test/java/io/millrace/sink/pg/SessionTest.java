package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final String URL = "jdbc:slow:";

    private static Session session() {
        return new Session(new ConnectionSettings(URL, null, null, Map.of(), "test", 1000, 1000, false));
    }

    @Test
    void aConnectionThatIsMadeWhileTheTaskEndsIsClosed() throws Exception {
        SlowDriver driver = new SlowDriver();
        DriverManager.registerDriver(driver);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Session session = session();
            Future<Session.Open> opened = thread.submit(session::open);
            assertThat(driver.called.await(60, TimeUnit.SECONDS)).isTrue();
            session.close();
            driver.answer.countDown();
            assertThatThrownBy(() -> opened.get(60, TimeUnit.SECONDS)).hasMessageContaining("closed");
            assertThat(driver.open).hasValue(0);
        } finally {
            thread.shutdownNow();
            DriverManager.deregisterDriver(driver);
        }
    }

    /** Answers a connection when it is told to. */
    private static final class SlowDriver implements Driver {
        private final CountDownLatch called = new CountDownLatch(1);
        private final CountDownLatch answer = new CountDownLatch(1);
        private final AtomicInteger open = new AtomicInteger();

        @Override
        public @Nullable Connection connect(String url, Properties properties) {
            if (!url.equals(URL)) {
                return null;
            }
            called.countDown();
            try {
                assertThat(answer.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            open.incrementAndGet();
            return answering(Connection.class);
        }

        private <T> T answering(Class<T> type) {
            return type.cast(
                    Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                        if (called.getName().equals("abort") && type == Connection.class) {
                            open.decrementAndGet();
                        }
                        return switch (called.getName()) {
                            case "createStatement" -> answering(Statement.class);
                            case "execute" -> false;
                            default -> null;
                        };
                    }));
        }

        @Override
        public boolean acceptsURL(String url) {
            return url.equals(URL);
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 0;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getLogger("");
        }
    }
}
