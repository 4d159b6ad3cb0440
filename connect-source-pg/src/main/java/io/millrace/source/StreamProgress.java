package io.millrace.source;

import io.millrace.source.catalog.SlotWal;
import io.millrace.source.meter.Meters;
import io.millrace.source.notice.NoticeChannels;
import io.millrace.source.position.Lsn;
import io.millrace.source.position.Phase;
import io.millrace.source.position.StreamOffset;
import io.millrace.source.stream.Watch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Measures what the slot holds, and tells now and then how far the stream is. */
final class StreamProgress implements Watch {
    private final CdcConfig config;
    private final Meters meters;
    private final NoticeChannels notices;
    private final String id = UUID.randomUUID().toString();
    private final long intervalNanos;
    private long toldNanos;

    StreamProgress(CdcConfig config, Meters meters, NoticeChannels notices) {
        this.config = config;
        this.meters = meters;
        this.notices = notices;
        this.intervalNanos = config.noticeSettings().progress().toNanos();
        this.toldNanos = System.nanoTime() - intervalNanos;
    }

    @Override
    public @Nullable Finding look(Connection session) throws SQLException {
        SlotWal slot = SlotWal.read(session, config.slot());
        meters.slotHolds(slot.heldBytes());
        long now = System.nanoTime();
        if (intervalNanos == 0 || now - toldNanos < intervalNanos) {
            return null;
        }
        toldNanos = now;
        return emitted -> tell(slot, emitted);
    }

    private void tell(SlotWal slot, StreamOffset emitted) throws InterruptedException {
        Map<String, String> data = Map.of(
                "lsn", Lsn.text(emitted.position().wholeLsn()),
                "confirmed_lsn", Lsn.text(slot.confirmedLsn()),
                "slot", config.slot(),
                "slot_wal_bytes", Long.toString(slot.heldBytes()),
                "confirm_failing_ms", Long.toString(meters.confirmFailingMillis()),
                "commit_delay_ms", Long.toString(meters.delayMillis()),
                "total_rows", Long.toString(meters.rows()),
                "total_bytes", Long.toString(meters.bytes()),
                "total_transactions", Long.toString(meters.transactions()));
        notices.tell(
                new NoticeChannels.Notice(id, "Streaming", "IN_PROGRESS", data),
                Phase.partition(config.topicPrefix()),
                emitted);
    }
}
