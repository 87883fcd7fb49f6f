struct hidden;
struct hidden *make_hidden(int secret);
