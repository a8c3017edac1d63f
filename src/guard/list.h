/* One line per guard: the C name of its `const bawn_guard`. Order breaks ties (RULINGS R13). */
