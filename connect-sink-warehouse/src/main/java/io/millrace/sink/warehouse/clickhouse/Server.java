package io.millrace.sink.warehouse.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientFaultCause;
import com.clickhouse.client.api.DataStreamWriter;
import com.clickhouse.client.api.ServerException;
import com.clickhouse.client.api.command.CommandResponse;
import com.clickhouse.client.api.enums.Protocol;
import com.clickhouse.client.api.insert.InsertResponse;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.GenericRecord;
import com.clickhouse.data.ClickHouseFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to the server over HTTP. What ClickHouse calls worth repeating is repeated with growing pauses, and ends as a
 * {@link RetriableException}; everything else is a {@link ClickHouseError}.
 */
final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final ClickHouseSettings settings;
    private volatile @Nullable Client client;
    private volatile boolean closed;

    Server(ClickHouseSettings settings) {
        this.settings = settings;
    }

    ClickHouseSettings settings() {
        return settings;
    }

    /** Writes the rows of an insert; called again from the beginning when it is repeated. */
    interface Body {
        void write(OutputStream out) throws IOException;
    }

    private interface Request<T> {
        T run(Client client) throws Exception;
    }

    List<GenericRecord> query(String sql) {
        return repeated(client -> client.queryAll(sql));
    }

    /** A statement that may be repeated. */
    void execute(String sql) {
        repeated(client -> command(client, sql));
    }

    /** A statement that is not repeated, since it would undo what it has done. */
    void once(String sql) {
        try {
            command(client(), sql);
        } catch (Exception e) {
            throw translate(e);
        }
    }

    /**
     * Sends rows.
     *
     * @param into what stands behind INSERT INTO: the table and its columns
     * @param token two inserts with one token are one; empty for none
     */
    void insert(String into, ClickHouseFormat format, String token, Body body) {
        repeated(client -> {
            InsertSettings insert = new InsertSettings();
            if (!token.isEmpty()) {
                insert.serverSetting("insert_deduplicate", "1");
                insert.serverSetting("insert_deduplication_token", token);
            }
            DataStreamWriter writer = body::write;
            try (InsertResponse response = await(client.insert(into, writer, format, insert))) {
                return response.getWrittenRows();
            }
        });
    }

    private Object command(Client client, String sql) throws Exception {
        try (CommandResponse response = await(client.execute(sql))) {
            return response.getWrittenRows();
        }
    }

    private <T> T await(Future<T> future) throws Exception {
        try {
            return settings.requestMillis() == 0
                    ? future.get()
                    : future.get(settings.requestMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + settings.requestMillis() + " ms", e);
        }
    }

    private <T> T repeated(Request<T> request) {
        long pause = FIRST_PAUSE_MILLIS;
        for (int attempt = 0; ; attempt++) {
            try {
                return request.run(client());
            } catch (Exception e) {
                ConnectException translated = translate(e);
                boolean again = translated instanceof RetriableException && attempt < settings.retries() && !closed;
                if (!again) {
                    throw translated;
                }
                LOG.warn("A request is repeated in {} ms: {}", pause, translated.getMessage());
                sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1));
                pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
            }
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Stopped while waiting for the server", e);
        }
    }

    private ConnectException translate(Exception failure) {
        if (failure instanceof ConnectException known) {
            return known;
        }
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return new ConnectException("Stopped while the server was at work", failure);
        }
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof ServerException refused) {
                String message = String.valueOf(refused.getMessage());
                return ClickHouseError.isTransient(refused.getCode())
                        ? new RetriableException("ClickHouse is busy: " + message, failure)
                        : new ClickHouseError(refused.getCode(), message, failure);
            }
        }
        Throwable reason =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        return new RetriableException(
                ClickHouseWarehouse.URL + ": no answer from " + settings.url() + ": " + deepest(reason), failure);
    }

    private static String deepest(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getClass().getSimpleName() + ": " + deepest.getMessage();
    }

    private Client client() {
        if (closed) {
            throw new ConnectException("The connection to the target is closed");
        }
        Client current = client;
        if (current == null) {
            current = build(settings);
            client = current;
        }
        return current;
    }

    private static Client build(ClickHouseSettings settings) {
        URI url = URI.create(settings.url());
        Client.Builder builder = new Client.Builder()
                .addEndpoint(Protocol.HTTP, url.getHost(), url.getPort(), settings.isSecure())
                .setUsername(settings.user())
                .setPassword(settings.password().value())
                .setDefaultDatabase("default")
                .setClientName("millrace")
                .compressClientRequest(settings.compression())
                .compressServerResponse(false)
                .setConnectTimeout(settings.connectMillis(), ChronoUnit.MILLIS)
                .setSocketTimeout(settings.requestMillis(), ChronoUnit.MILLIS)
                // Repeating is this class's: it knows what may be.
                .setMaxRetries(0)
                .retryOnFailures(ClientFaultCause.None)
                // Acknowledged means written, and read is what was written, on whichever replica.
                .serverSetting("async_insert", "0")
                .serverSetting("select_sequential_consistency", "1")
                .serverSetting("max_query_size", "16777216");
        return secured(builder, settings.tls());
    }

    private static Client secured(Client.Builder builder, ClickHouseSettings.Tls tls) {
        if (!tls.rootCertificate().isEmpty()) {
            builder.setRootCertificate(tls.rootCertificate());
        }
        if (!tls.certificate().isEmpty()) {
            builder.setClientCertificate(tls.certificate());
            builder.setClientKey(tls.key());
        }
        if (!tls.trustStore().isEmpty()) {
            builder.setSSLTrustStore(tls.trustStore());
            builder.setSSLTrustStorePassword(tls.trustStorePassword().value());
            builder.setSSLTrustStoreType(tls.trustStoreType());
        }
        return builder.build();
    }

    /** Ends what is on its way. */
    @Override
    public void close() {
        closed = true;
        Client current = client;
        client = null;
        if (current != null) {
            current.close();
        }
    }
}
