package io.millrace.source.codec;

import java.util.List;

/**
 * A row of {@code pg_type} with what the binary form of its values depends on.
 *
 * @param kind {@code typtype}: b(ase), c(omposite), d(omain), e(num), p(seudo), r(ange), m(ultirange)
 * @param delimiter separates the elements in the text form of arrays of this type
 * @param array whether values are true arrays (which {@code oidvector} and its like are not)
 * @param element the element's OID, 0 for none
 * @param base the OID of a domain's base type, 0 for none
 * @param notNull a domain declared NOT NULL
 * @param dimensions how many a domain over an array was declared with, else 0
 * @param functions what stands behind the output function and the send function, a blank between; without a send
 *     function the first alone
 * @param parts the OIDs of a composite's attributes, of a range's subtype or of a multirange's range
 */
record TypeDescription(
        int oid,
        String schema,
        String name,
        char kind,
        char delimiter,
        boolean array,
        int element,
        int base,
        boolean notNull,
        int dimensions,
        boolean sendable,
        String functions,
        List<Integer> parts) {}
