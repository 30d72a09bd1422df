package dev.telltale.lab;

/** Preset greetings for the messaging app: a download of several segments, the same for all. */
final class GreetingsService implements Service {
    private static final String[] OCCASIONS = {
        "a new year", "a birthday", "a wedding", "a new home", "a good harvest", "an exam passed"
    };
    private static final String[] WISHES = {
        "May it bring you joy",
        "All our best wishes",
        "We think of you",
        "Let us meet and celebrate"
    };

    @Override
    public Response answer(Request request) {
        if (!request.path().equals("/festival/greetings")) return Service.notFound();
        StringBuilder json = new StringBuilder("{\"greetings\":[");
        String comma = "";
        for (String occasion : OCCASIONS) {
            for (String wish : WISHES) {
                json.append(comma)
                        .append("{\"occasion\":\"")
                        .append(occasion)
                        .append("\",\"text\":\"")
                        .append(wish)
                        .append(", for ")
                        .append(occasion)
                        .append(" comes but once.\"}");
                comma = ",";
            }
        }
        return Service.json(json.append("]}").toString(), Dress.CHUNKED);
    }
}
