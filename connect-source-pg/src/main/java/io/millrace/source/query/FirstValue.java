package io.millrace.source.query;

import io.millrace.source.catalog.TableId;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** {@code watermark.start}. */
final class FirstValue implements StartValue {
    static final String NOW = "now";
    static final String TARGET = "target";

    private final MirrorSettings.Watermark settings;
    private final TableId table;
    private final TargetMark target;

    FirstValue(MirrorSettings.Watermark settings, TableId table, TargetMark target) {
        this.settings = settings;
        this.table = table;
        this.target = target;
    }

    @Override
    public Start of(Connection session, Shape.Column column, BigInteger settled) throws SQLException {
        return switch (settings.start()) {
            case "" -> new Start(null);
            case NOW -> new Start(settled.add(BigInteger.ONE));
            case TARGET -> new Start(behindTarget(column));
            default -> {
                try {
                    yield new Start(column.type().parse(settings.start()));
                } catch (IllegalArgumentException e) {
                    throw new ConnectException("watermark.start: " + e.getMessage(), e);
                }
            }
        };
    }

    /** The first value above all in the target; null when that is empty. */
    private @Nullable BigInteger behindTarget(Shape.Column column) throws SQLException {
        try (Connection opened = target.open()) {
            Shape.Column there = new Shape.Column(table, column.name(), column.type(), column.required(), false, false);
            BigInteger highest = Highest.highest(opened, there);
            return highest == null ? null : highest.add(BigInteger.ONE);
        }
    }
}
