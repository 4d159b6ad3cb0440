/** The Postgres sink connector: staging by COPY, one transaction of data and ledger a flush. */
@NullMarked
package io.millrace.sink.pg;

import org.jspecify.annotations.NullMarked;
