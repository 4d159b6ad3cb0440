package io.millrace.source.query;

/** Transaction ids: 64 bits here, 32 in rows, where they are compared by their distance. Pure. */
final class Xids {
    /** Beyond this distance 32 bits tell nothing; some room is left for transactions that begin meanwhile. */
    private static final long MOST = (1L << 31) - 10_000_000;

    private Xids() {}

    /**
     * A condition that is met by every row version whose transaction is this one or a later one; also by some frozen rows
     * of a former epoch, which is no harm.
     *
     * @param now an xid of the present, with its epoch
     * @return empty when every row may be one: too much has happened since, or the present lies before it, as in another
     *     cluster that the data came to
     */
    static String since(long xid, long now) {
        if (now < xid || now - xid >= MOST) {
            return "";
        }
        // A frozen row keeps its xid, which after a turn of the counter may look as if it were yet to come.
        return "age(xmin) BETWEEN 0 AND age('" + (xid & 0xffffffffL) + "'::xid)";
    }
}
