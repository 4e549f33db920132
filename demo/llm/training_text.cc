// SPDX-License-Identifier: Apache-2.0
#include "demo/llm/training_text.h"

namespace demo {

std::string_view TrainingText() {
  return R"(The checkout is slow because the payment service waits for a lock. The lock is held by the report job, which reads the same table. Move the report job to a replica and the checkout is quick again.
A trace shows where the time goes. Look at the longest span first, then at its children, and ask which of them the user has to wait for. The rest can be done later.
The latency of the model depends on the length of the answer. Ask for a shorter answer, and the user waits less. A smaller model is quicker too, and often good enough for the question.
Most of the failed requests come from one region. The region has a single cache, and the cache was restarted this morning. Until it is warm again, every request goes to the database.
The queue grows when the workers are slower than the clients. Add a worker, or tell the clients to slow down. A queue without a limit hides the problem and makes the wait longer for everybody.
Retry a request only if the second try can succeed. A retry after a timeout doubles the load at the worst moment. Wait a little, wait longer the next time, and stop after a few tries.
The customer asked for a refund last week. We are sorry for the wait, and the money is on its way. It takes two or three days until the bank shows it.
The support tickets of this week have three causes. Half of them are about slow pages, some are about a refund that is late, and the rest are questions about the new release.
The new release changes one thing at a time. It makes the search quicker, it shows the cost of each request, and it keeps the settings of the user. Nothing has to be changed in the program.
A cost is easy to see when it has a name. Count the tokens of the prompt and the tokens of the answer, and multiply them by the price of the model. The sum over a day is the cost of the feature.
The memory of the service grows until it is restarted. A profile of the heap shows a map that is never emptied. Put a limit on the map, and the service runs for weeks.
The first answer is slow and the next ones are quick. This is what a cold cache looks like. Warm the cache before the first user arrives, and nobody has to wait.
A good alert tells what the user feels. It says that the checkout is slow, not that a disk is busy. Whoever is called at night wants to know what to do first.
The database is not slow, it is asked too often. The page makes one request for each line of the list. Ask once for the whole list, and the page is there at once.
The model gives a better answer when the prompt holds an example. Say what you want, say what you do not want, and show one example of a good answer. Then measure whether it helped.
An error that nobody counts will stay. Give it a name, count it, and show the count beside the requests. A small share of errors is normal, a change in the share is news.
The names for the telescope should be short. We suggest three names, and each of them is the name of a star. The team can choose the one that the users like best.
The service is healthy, but the network between the regions is not. The traces show a gap between the client and the server. Look at the gap, since nothing in the program explains it.
The budget of a request is one second. The server takes a tenth of it, the search takes three tenths, and the model has the rest. If the model needs more, the answer has to be shorter.
The profile shows that half of the time is spent in the tokenizer. The tokenizer looks at each pair of the word again after each step. Keep the pairs in order, and it looks at each of them once.
)";
}

}  // namespace demo
