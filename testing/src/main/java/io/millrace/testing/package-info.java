/** Real servers for tests: a Postgres, a broker, Connect workers that load the built archives, and a faulty network. */
@NullMarked
package io.millrace.testing;

import org.jspecify.annotations.NullMarked;
