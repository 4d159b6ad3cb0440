package io.millrace.source.codec;

import java.util.function.Function;
import org.postgresql.geometric.PGbox;
import org.postgresql.geometric.PGcircle;
import org.postgresql.geometric.PGline;
import org.postgresql.geometric.PGlseg;
import org.postgresql.geometric.PGpath;
import org.postgresql.geometric.PGpoint;
import org.postgresql.geometric.PGpolygon;

/** Geometric types in Debezium's structs, which its converters make of the driver's objects. */
record GeometricDecoder(Function<Parts, Object> reader, Converted converted) implements ValueDecoder {
    static GeometricDecoder of(int oid, Converted converted) {
        return new GeometricDecoder(
                switch (oid) {
                    case Oids.LSEG ->
                        parts -> new PGlseg(parts.float8(), parts.float8(), parts.float8(), parts.float8());
                    case Oids.BOX -> parts -> new PGbox(parts.float8(), parts.float8(), parts.float8(), parts.float8());
                    case Oids.PATH ->
                        parts -> {
                            boolean open = parts.int8() == 0;
                            return new PGpath(points(parts), open);
                        };
                    case Oids.POLYGON -> parts -> new PGpolygon(points(parts));
                    case Oids.CIRCLE -> parts -> new PGcircle(parts.float8(), parts.float8(), parts.float8());
                    case Oids.LINE -> parts -> new PGline(parts.float8(), parts.float8(), parts.float8());
                    default -> throw new IllegalArgumentException("Not a geometric type: " + oid);
                },
                converted);
    }

    private static PGpoint[] points(Parts parts) {
        PGpoint[] points = new PGpoint[parts.count(16)];
        for (int i = 0; i < points.length; i++) {
            points[i] = new PGpoint(parts.float8(), parts.float8());
        }
        return points;
    }

    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        Parts parts = new Parts(buffer, offset, length);
        Object value = reader.apply(parts);
        parts.finish();
        return Converted.value(converted.converter(), value);
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return converted.text(buffer, offset, length);
    }
}
