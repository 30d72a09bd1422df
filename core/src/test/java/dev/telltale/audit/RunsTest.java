package dev.telltale.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.model.Run;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs told by recordings in comments, wherever pcapng lets a comment stand. */
class RunsTest {
    @TempDir Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private static byte[] words(int... values) {
        ByteBuffer b = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int v : values) b.putInt(v);
        return b.array();
    }

    private static byte[] comment(String text) {
        byte[] value = text.getBytes(UTF_8);
        int padded = value.length + 3 & ~3;
        ByteBuffer b = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        b.putShort((short) 1).putShort((short) value.length).put(value);
        return b.array();
    }

    private RunsTest block(int type, byte[] head, byte[] options) {
        int length = 12 + head.length + options.length;
        out.writeBytes(words(type, length));
        out.writeBytes(head);
        out.writeBytes(options);
        out.writeBytes(words(length));
        return this;
    }

    private Path written(String name) throws IOException {
        Path file = dir.resolve(name);
        Files.write(file, out.toByteArray());
        out.reset();
        return file;
    }

    private RunsTest section(String comment) {
        byte[] head = words(0x1a2b3c4d, 1, -1, -1);
        return block(0x0a0d0d0a, head, comment.isEmpty() ? new byte[0] : comment(comment))
                .block(1, words(1, 0), new byte[0]);
    }

    /** A frame of 5 bytes, so that its options stand behind padding. */
    private RunsTest packet(byte[] options) {
        return block(6, words(0, 0, 0, 5, 5, 0x41414141, 0x41), options);
    }

    @Test
    void commentsOfSectionPacketAndSecrets() throws Exception {
        Path file =
                section("telltale: {\"run\":\"r-1\"}")
                        .packet(new byte[0])
                        .packet(comment("any other remark"))
                        .packet(
                                comment(
                                        "telltale:"
                                            + " {\"phases\":[{\"name\":\"p\",\"from\":\"2014-08-07T10:00:00Z\",\"to\":\"2014-08-07T11:00:00Z\"}]}"))
                        .block(
                                10,
                                words(0x544c534b, 1, '#'),
                                comment(
                                        "telltale:"
                                            + " {\"consents\":[{\"service\":\"s\",\"given\":\"2014-08-07T10:05:00Z\"}]}"))
                        .written("a.pcapng");
        Runs.Loaded loaded = Runs.recorded(List.of(file)).orElseThrow();
        Run run = loaded.run();
        assertThat(run.name()).isEqualTo("r-1");
        assertThat(run.phases()).extracting(Run.Phase::name).containsExactly("p");
        assertThat(run.consents()).extracting(Run.Consent::service).containsExactly("s");
        assertThat(loaded.sha256()).matches("[0-9a-f]{64}");
    }

    @Test
    void noCommentNoRun() throws Exception {
        Path file = section("a remark").packet(comment("x telltale: {}")).written("a.pcapng");
        assertThat(Runs.recorded(List.of(file, dir.resolve("absent.pcapng")))).isEmpty();
    }

    @Test
    void twoRecordingsOfOneRun() throws Exception {
        Path a = section("telltale: {\"run\":\"r\",\"consents\":[]}").written("a.pcapng");
        Path b =
                section(
                                "telltale:"
                                    + " {\"run\":\"r\",\"controls\":[{\"name\":\"c\",\"value\":\"v\",\"from\":\"device\"}]}")
                        .written("b.pcapng");
        Run run = Runs.recorded(List.of(a, b)).orElseThrow().run();
        assertThat(run.name()).isEqualTo("r");
        assertThat(run.controls()).hasSize(1);
    }

    @Test
    void aBrokenCommentIsNotPassedOver() throws Exception {
        Path file = section("telltale: {\"consents\":").written("a.pcapng");
        assertThatThrownBy(() -> Runs.recorded(List.of(file)))
                .isInstanceOf(UnreadableInput.class)
                .hasMessageContaining("a.pcapng, run comment 1:")
                .hasMessageEndingWith("; --run RUN.yaml gives another run");
    }

    @Test
    void hostileBlocksEndTheSearch() throws Exception {
        section("telltale: {\"run\":\"r\"}").packet(comment("telltale: {\"run\":\"s\"}"));
        byte[] whole = out.toByteArray();
        for (int cut = 0; cut < whole.length; cut++) {
            Path file = dir.resolve("cut.pcapng");
            Files.write(file, java.util.Arrays.copyOf(whole, cut));
            Runs.recorded(List.of(file));
            byte[] bent = whole.clone();
            bent[cut] = (byte) 0xff;
            Files.write(file, bent);
            try {
                Runs.recorded(List.of(file));
            } catch (UnreadableInput e) {
                assertThat(e).hasMessageContaining("run comment");
            }
        }
    }
}
