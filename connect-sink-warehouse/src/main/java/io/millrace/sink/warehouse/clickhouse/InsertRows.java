package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.Row;
import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.destination.RowFields;
import io.millrace.sink.warehouse.clickhouse.encode.RowBinary;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * A batch's rows in RowBinary, for a table or for a place where they wait. Where a row may lack a column each field has a
 * byte before it that says whether the column's default stands in.
 *
 * @see <a href="https://clickhouse.com/docs/interfaces/formats/RowBinaryWithDefaults">RowBinaryWithDefaults</a>
 */
final class InsertRows {
    private static final int BUFFER = 1 << 16;

    private final Batch batch;
    private final RowFields fields;
    private final boolean defaults;
    private final List<String> names = new ArrayList<>();
    private final List<Cell> cells = new ArrayList<>();

    /** The row that is written: what it is besides its fields. */
    private int kind;

    private int layout;
    private long micros;
    private int ordinal;

    private interface Cell {
        void write(RowBytes out);
    }

    private InsertRows(Batch batch, boolean defaults) {
        this.batch = batch;
        this.defaults = defaults;
        fields = new RowFields(batch);
    }

    /**
     * Rows for their table.
     *
     * @param version makes an offset a version
     */
    static InsertRows into(LiveTable live, Batch batch, ClickHouseSettings settings, LongUnaryOperator version) {
        InsertRows rows = new InsertRows(
                batch,
                batch.counts().upserts() < batch.rows().count()
                        || batch.layouts().size() > 1);
        for (int i = 0; i < batch.columns().size(); i++) {
            LiveColumn column = live.columns().get(batch.columns().get(i).name());
            if (column != null && column.isWritten()) {
                rows.field(Sql.name(column.name()), i, column.nullable());
            }
        }
        rows.bookkeeping(batch.bookkeeping(), live);
        rows.cell(
                Sql.name(settings.versionColumn()),
                out -> RowBinary.int64(version.applyAsLong(batch.rows().offset(rows.ordinal)), out));
        if (!batch.key().isEmpty()) {
            rows.cell(Sql.name(settings.deletedColumn()), out -> out.putByte((rows.kind & Row.DELETE) != 0 ? 1 : 0));
        }
        return rows;
    }

    /** Rows for the table of {@link StageSql#create}. */
    static InsertRows staged(Batch batch) {
        InsertRows rows = new InsertRows(batch, false);
        for (int i = 0; i < batch.columns().size(); i++) {
            rows.field("c" + i, i, true);
        }
        rows.cell("k", out -> out.putByte(rows.kind));
        rows.cell("l", out -> RowBinary.int32(rows.layout, out));
        rows.cell("m", rows::deletedAt);
        rows.cell("o", out -> RowBinary.int32(rows.ordinal, out));
        rows.cell("v", out -> RowBinary.int64(batch.rows().offset(rows.ordinal), out));
        return rows;
    }

    boolean hasDefaults() {
        return defaults;
    }

    /** The columns in their order, quoted. */
    String columns() {
        return String.join(", ", names);
    }

    private void cell(String name, Cell cell) {
        names.add(name);
        cells.add(out -> {
            if (defaults) {
                out.putByte(0);
            }
            cell.write(out);
        });
    }

    private void field(String name, int column, boolean nullable) {
        names.add(name);
        cells.add(out -> {
            if (!fields.has(column)) {
                out.putByte(1);
                return;
            }
            if (defaults) {
                out.putByte(0);
            }
            int length = fields.length(column);
            if (nullable) {
                out.putByte(length == RowFields.NULL ? 1 : 0);
            }
            if (length > 0) {
                out.put(fields.bytes(), fields.start(column), length);
            }
        });
    }

    private void bookkeeping(Bookkeeping own, LiveTable live) {
        if (own.softDelete() != null) {
            given(live, own.softDelete(), out -> out.putByte((kind & (Row.DELETED | Row.FLAG)) != 0 ? 1 : 0));
        }
        if (own.deletedAt() != null) {
            // The table's plan lets no other column pass than one that is Nullable.
            cell(Sql.name(own.deletedAt()), this::deletedAt);
        }
        if (own.syncedAt() != null) {
            long now = System.currentTimeMillis() * 1000;
            given(live, own.syncedAt(), out -> RowBinary.int64(now, out));
        }
    }

    /** A cell that is never NULL, of a column that may be. */
    private void given(LiveTable live, String name, Cell cell) {
        LiveColumn column = live.columns().get(name);
        boolean nullable = column != null && column.nullable();
        cell(Sql.name(name), out -> {
            if (nullable) {
                out.putByte(0);
            }
            cell.write(out);
        });
    }

    private void deletedAt(RowBytes out) {
        out.putByte(micros == 0 ? 1 : 0);
        if (micros != 0) {
            RowBinary.int64(micros, out);
        }
    }

    /** Writes the rows {@code from} inclusive to {@code to} exclusive. */
    void write(int from, int to, OutputStream out) throws IOException {
        RowBytes buffer = new RowBytes(BUFFER);
        int[] next = {0};
        batch.rows().forEach((rowKind, rowLayout, bytes, offset, length, rowMicros) -> {
            int at = next[0]++;
            if (at < from || at >= to) {
                return;
            }
            kind = rowKind;
            layout = rowLayout;
            micros = rowMicros;
            ordinal = at;
            fields.read(rowLayout, bytes, offset);
            for (Cell cell : cells) {
                cell.write(buffer);
            }
            if (buffer.length() >= BUFFER) {
                out.write(buffer.array(), 0, buffer.length());
                buffer.clear();
            }
        });
        out.write(buffer.array(), 0, buffer.length());
    }
}
