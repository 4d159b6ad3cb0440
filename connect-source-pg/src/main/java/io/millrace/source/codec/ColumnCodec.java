package io.millrace.source.codec;

import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the values of one column. Immutable, safe for use by several threads; each schema is one shared instance.
 *
 * <p>Both forms of a value give equal results. The text form must have been written under {@code DateStyle=ISO} and
 * {@code extra_float_digits>=1}, which pgjdbc sets on its sessions. NULL never comes here: a NULL column is null.
 */
public interface ColumnCodec {
    /** The field's schema in the record's value: optional or required, default, semantic type, source type parameters. */
    Schema schema();

    /** The field's schema in the record's key: as {@link #schema()} but without source type parameters. */
    Schema keySchema();

    /**
     * Whether the value can be asked for in binary: the server can send it (each type involved has an output function
     * for the binary form) and this codec can read it. When false ask for text.
     */
    boolean binary();

    /**
     * Whether this codec reads what a replication stream with binary values sends. That is the binary form of types that
     * have one at the top, so a type whose parts have none ends the stream with an error, and text for types that have
     * none at all. When false the stream must be opened without binary values.
     */
    boolean binaryStream();

    /**
     * The value sent in binary form ({@code typsend}), which fills {@code buffer} from {@code offset} for {@code length} bytes.
     *
     * @throws DecodingException when the bytes are malformed, or valid but without a place in the schema
     */
    Object fromBinary(byte[] buffer, int offset, int length);

    /**
     * As {@link #fromBinary} for the text form in UTF-8, as the type's output function ({@code typoutput}) writes it: in
     * COPY's text format, in pgoutput, or by a cast to text where {@link #binary} is false. For bool, bpchar, inet and xml
     * such a cast gives something else.
     */
    Object fromText(byte[] buffer, int offset, int length);

    /** A value of {@link #schema()} in the shape of {@link #keySchema()}: only structs differ, since they hold their schema. */
    @Nullable
    Object keyValue(@Nullable Object value);

    /**
     * What Debezium has in {@code before} for a column that the replica identity leaves out: null where the schema allows
     * it, else the column's default, else the type's zero.
     */
    @Nullable
    Object absent();

    /** Debezium's placeholder for an unchanged TOAST value, in this column's form. */
    Object unavailable();
}
