/** What the source database says about itself: tables, keys, publications, slots, privileges. */
@NullMarked
package io.millrace.source.catalog;

import org.jspecify.annotations.NullMarked;
