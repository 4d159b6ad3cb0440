package io.millrace.source.codec;

import java.nio.charset.StandardCharsets;

/** A decoder of text that gets the text of a binary value from a {@link TextForm}. */
record Rendered(TextForm form, ValueDecoder decoder) implements ValueDecoder {
    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        StringBuilder text = new StringBuilder(Math.max(16, length));
        form.append(buffer, offset, length, text);
        if (decoder == TextDecoder.PLAIN) {
            return text.toString();
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        return decoder.text(bytes, 0, bytes.length);
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return decoder.text(buffer, offset, length);
    }
}
