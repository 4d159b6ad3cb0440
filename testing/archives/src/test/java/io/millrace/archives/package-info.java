/** Tests of the plugin archives as users get them. */
@NullMarked
package io.millrace.archives;

import org.jspecify.annotations.NullMarked;
