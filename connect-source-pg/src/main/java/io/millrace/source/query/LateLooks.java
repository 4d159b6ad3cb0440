package io.millrace.source.query;

import io.millrace.source.query.MirrorSettings.Late;

/** Whether rows that come with a watermark of the past are looked for, by their xmin. Pure. */
final class LateLooks {
    private LateLooks() {}

    /** At intervals. */
    static boolean regular(MirrorSettings settings, Shape shape) {
        return allowed(settings, shape) && (late(settings) == Late.REDELIVER || !served(shape));
    }

    /** When there is reason to: only tables show xmin, and a row that comes twice has to do no harm. */
    static boolean allowed(MirrorSettings settings, Shape shape) {
        Late late = late(settings);
        return !shape.stored().isEmpty()
                && late != Late.IGNORE
                && (late == Late.REDELIVER || !settings.key(shape).isEmpty());
    }

    /** Whether they are missed though nobody said that there are none. */
    static boolean missed(MirrorSettings settings, Shape shape) {
        return late(settings) == Late.AUTO && !served(shape) && !allowed(settings, shape);
    }

    /** {@link #missed}, where a key or a boundary would help, and neither was given. */
    static boolean lacksKey(MirrorSettings settings, Shape shape) {
        MirrorSettings.Watermark watermark = settings.watermark();
        return missed(settings, shape)
                && !shape.stored().isEmpty()
                && watermark != null
                && watermark.boundary() == null;
    }

    private static Late late(MirrorSettings settings) {
        MirrorSettings.Watermark watermark = settings.watermark();
        return watermark == null ? Late.IGNORE : watermark.late();
    }

    private static boolean served(Shape shape) {
        Shape.Column column = shape.watermark();
        return column != null && column.served();
    }
}
