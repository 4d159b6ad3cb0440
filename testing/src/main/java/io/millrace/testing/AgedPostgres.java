package io.millrace.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A Postgres whose transaction ids can be moved forward by thousands of millions, always embedded. Between two steps all
 * of its databases are frozen, as they would have to be on the way; the counter is then changed where a server finds it
 * when it starts, in the control file. The embedded binaries have no pg_resetwal. From Postgres 15 on.
 *
 * @see <a href="https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND">Preventing
 *     Transaction ID Wraparound Failures</a>
 */
public final class AgedPostgres implements AutoCloseable {
    /** Less than half of all ids: what is older than that would count as yet to come. */
    private static final long STEP = 1_900_000_000L;

    /** Where the last checkpoint's next xid stands in pg_control. */
    private static final int NEXT_XID = 64;

    private static final int PAGE = 8192;
    private static final long XIDS_IN_FILE = 4L * PAGE * 32;
    private static final int STATUS_FILE = 32 * PAGE;

    private final PostgresServer server;
    private final Path data;

    private AgedPostgres(PostgresServer server) {
        this.server = server;
        this.data = Path.of(server.queryOne("SHOW data_directory"));
    }

    public static AgedPostgres start(PostgresOptions options) {
        PostgresServer started = new EmbeddedPostgresServer(options.with("autovacuum", "off"));
        try {
            started.execute("UPDATE pg_database SET datallowconn = true WHERE NOT datallowconn");
            return new AgedPostgres(started);
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    public PostgresServer server() {
        return server;
    }

    /** The id that the next transaction gets, with its epoch. */
    public long nextXid() {
        return Long.parseLong(server.queryOne("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"));
    }

    /** Restarts the server, more than once if it is far, with this as the next id or one soon after. */
    public void advanceTo(long xid) {
        for (long next = nextXid(); next < xid; next = nextXid()) {
            for (String database : List.of("template0", "template1", server.database())) {
                server.executeIn(database, "VACUUM (FREEZE)");
            }
            server.stop();
            long wanted = Math.min(xid, next + STEP);
            try {
                write(wanted);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            server.restart();
            if (nextXid() < wanted) {
                throw new IllegalStateException("the server did not take " + wanted + " from its control file");
            }
        }
    }

    private void write(long xid) throws IOException {
        Path file = data.resolve("global/pg_control");
        ByteBuffer control = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        int crc = crcPosition(control);
        control.putLong(NEXT_XID, xid);
        control.putInt(crc, crc(control, crc));
        Files.write(file, control.array());
        statusFile(xid);
    }

    /** It ends what the server reads, which is longer with each version. */
    private static int crcPosition(ByteBuffer control) {
        for (int at = NEXT_XID + Long.BYTES; at < control.capacity(); at += Integer.BYTES) {
            if (control.getInt(at) == crc(control, at)) {
                return at;
            }
        }
        throw new IllegalStateException("pg_control has no checksum where one was looked for");
    }

    private static int crc(ByteBuffer control, int length) {
        CRC32C crc = new CRC32C();
        crc.update(control.array(), 0, length);
        return (int) crc.getValue();
    }

    /** What became of the transactions around the new id: nothing is known of them yet. */
    private void statusFile(long xid) throws IOException {
        Path folder = data.resolve("pg_xact");
        Path file = folder.resolve("%04X".formatted((xid & 0xffffffffL) / XIDS_IN_FILE));
        if (!Files.exists(file)) {
            Files.write(file, new byte[STATUS_FILE]);
            Files.setOwner(file, Files.getOwner(folder));
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
